import { type FormEvent, useEffect, useRef, useState } from "react";
import { AlertIcon, LockIcon } from "./icons.tsx";

interface PasswordDialogProps {
  channelName: string;
  problem: string | undefined;
  onSubmit(password: string): void;
  onClose(): void;
}

/** A modal <dialog>: Escape, the focus trap and giving the focus back are the browser's work. */
export function PasswordDialog({ channelName, problem, onSubmit, onClose }: PasswordDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [password, setPassword] = useState("");

  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  // Closed before it goes away: only close() gives the focus back to where it was.
  function cancel() {
    dialog.current?.close();
    onClose();
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    dialog.current?.close();
    onSubmit(password);
  }

  return (
    <dialog ref={dialog} aria-labelledby="password-title" onCancel={cancel} onClose={onClose}>
      <form onSubmit={submit}>
        <h2 id="password-title">
          <LockIcon /> Join {channelName}
        </h2>
        <label>
          Channel password
          <input
            type="password"
            autoComplete="off"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        {problem !== undefined && (
          <p role="alert" className="problem">
            <AlertIcon /> {problem}
          </p>
        )}
        <div className="dialog-buttons">
          <button type="button" onClick={cancel}>
            Cancel
          </button>
          <button type="submit" className="primary">
            Join
          </button>
        </div>
      </form>
    </dialog>
  );
}
