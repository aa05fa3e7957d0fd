import { type ReactNode, useEffect, useId, useRef } from "react";
import { CloseIcon } from "../icons.tsx";

interface DialogProps {
  title: string;
  wide?: boolean;
  onClose(): void;
  children: ReactNode;
}

/**
 * A modal <dialog>: Escape, the focus trap and giving the focus back are the browser's work. React may run the
 * effect twice; then the first close is told only once the dialog is open again.
 */
export function Dialog({ title, wide = false, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      className={wide ? "manage wide" : "manage"}
      aria-labelledby={titleId}
      onClose={(event) => {
        if (!event.currentTarget.open) onClose();
      }}
    >
      <div className="dialog-head">
        <h2 id={titleId}>{title}</h2>
        {/* Closed before it goes away: only close() gives the focus back to where it was. */}
        <button type="button" className="bare" aria-label="Close" onClick={() => dialog.current?.close()}>
          <CloseIcon />
        </button>
      </div>
      {children}
    </dialog>
  );
}
