import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { CloseIcon } from "../icons.tsx";
import { type Unsaved, UnsavedContext } from "./unsaved.ts";

interface DialogProps {
  title: string;
  wide?: boolean;
  onClose(): void;
  children: ReactNode;
}

/**
 * A modal <dialog>: Escape, the focus trap and giving the focus back are the browser's work. React may run the
 * effect twice; then the first close is told only once the dialog is open again. Asks before unsaved edits go.
 */
export function Dialog({ title, wide = false, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const [unsaved] = useState<Unsaved>(() => new Map());
  const [asking, setAsking] = useState<string>();

  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  useEffect(() => (dialog.current ? keepFocus(dialog.current) : undefined), []);

  /** Says whether the dialog may close. */
  function ask(): boolean {
    if (unsaved.size === 0) return true;
    setAsking([...new Set(unsaved.values())].join(", "));
    return false;
  }

  return (
    <UnsavedContext value={unsaved}>
      <dialog
        ref={dialog}
        className={wide ? "manage wide" : "manage"}
        aria-labelledby={titleId}
        onCancel={(event) => {
          if (event.target === event.currentTarget && !ask()) event.preventDefault();
        }}
        onClose={(event) => {
          if (!event.currentTarget.open) onClose();
        }}
      >
        <div className="dialog-head">
          <h2 id={titleId}>{title}</h2>
          {/* Closed before it goes away: only close() gives the focus back to where it was. */}
          <button
            type="button"
            className="bare"
            aria-label="Close"
            onClick={() => {
              if (ask()) dialog.current?.close();
            }}
          >
            <CloseIcon />
          </button>
        </div>
        {asking !== undefined && (
          <div role="alert" className="problem unsaved">
            <p>Not saved yet: {asking}.</p>
            <div className="buttons">
              {/* biome-ignore lint/a11y/noAutofocus: whoever pressed Escape goes on from here */}
              <button type="button" autoFocus onClick={() => setAsking(undefined)}>
                Go on editing
              </button>
              <button type="button" className="danger-soft" onClick={() => dialog.current?.close()}>
                Close without saving
              </button>
            </div>
          </div>
        )}
        {children}
      </dialog>
    </UnsavedContext>
  );
}

/** What had the focus may go with what it did: a deleted role's button, say. Then the keyboard goes on from the tab. */
function keepFocus(dialog: HTMLDialogElement): () => void {
  let last: Element | null = null;
  const remember = ({ target }: FocusEvent) => {
    last = target as Element;
  };
  const observer = new MutationObserver(() => {
    if (!last || last.isConnected || document.activeElement !== document.body) return;
    last = null;
    dialog.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus({ preventScroll: true });
  });
  dialog.addEventListener("focusin", remember);
  observer.observe(dialog, { childList: true, subtree: true });
  return () => {
    observer.disconnect();
    dialog.removeEventListener("focusin", remember);
  };
}
