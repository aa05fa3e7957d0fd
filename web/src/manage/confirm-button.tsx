import { useState } from "react";

interface ConfirmButtonProps {
  label: string;
  /** What the second press says. */
  sure: string;
  onConfirm(): void;
}

/** Asks once more before what can't be undone; leaving the button takes the question back. */
export function ConfirmButton({ label, sure, onConfirm }: ConfirmButtonProps) {
  const [asking, setAsking] = useState(false);
  return (
    <button
      type="button"
      className={asking ? "danger" : "danger-soft"}
      onBlur={() => setAsking(false)}
      onClick={() => {
        if (asking) onConfirm();
        setAsking(!asking);
      }}
    >
      {asking ? sure : label}
    </button>
  );
}
