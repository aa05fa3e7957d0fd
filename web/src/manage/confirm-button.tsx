import { type MouseEvent, useRef, useState } from "react";

interface ConfirmButtonProps {
  label: string;
  /** What the second press says. */
  sure: string;
  onConfirm(): void;
}

/** The question must have been on the screen for so long to be answered. */
const READING_MS = 500;

/**
 * Asks once more before what can't be undone; leaving the button takes the question back. The second press of a
 * double click, or of a key that is held down, is no answer.
 */
export function ConfirmButton({ label, sure, onConfirm }: ConfirmButtonProps) {
  const [asking, setAsking] = useState(false);
  const askedAtMs = useRef(0);

  function press(event: MouseEvent) {
    if (asking && (event.detail > 1 || event.timeStamp - askedAtMs.current < READING_MS)) return;
    if (asking) onConfirm();
    else askedAtMs.current = event.timeStamp;
    setAsking(!asking);
  }
  return (
    <button
      type="button"
      className={asking ? "danger" : "danger-soft"}
      onBlur={() => setAsking(false)}
      onKeyDown={(event) => {
        if (event.repeat) event.preventDefault();
      }}
      onClick={press}
    >
      {asking ? sure : label}
    </button>
  );
}
