import { useEffect, useState } from "react";

interface ConfirmButtonProps {
  label: string;
  /** What the second press says. */
  sure: string;
  disabled?: boolean;
  onConfirm(): void;
}

/** A double click is one press. */
const PRESS_GAP_MS = 500;

/** Asks once more before what can't be undone; leaving the button takes the question back. */
export function ConfirmButton({ label, sure, disabled = false, onConfirm }: ConfirmButtonProps) {
  const [phase, setPhase] = useState<"idle" | "asked" | "ready">("idle");
  useEffect(() => {
    if (phase !== "asked") return;
    const timer = setTimeout(() => setPhase("ready"), PRESS_GAP_MS);
    return () => clearTimeout(timer);
  }, [phase]);

  function press() {
    if (phase === "idle") setPhase("asked");
    if (phase !== "ready") return;
    setPhase("idle");
    onConfirm();
  }

  return (
    <button
      type="button"
      className={phase === "idle" ? "danger-soft" : "danger"}
      disabled={disabled}
      aria-disabled={phase === "asked"}
      onBlur={() => setPhase("idle")}
      onKeyDown={(event) => {
        // So is Enter held down, for however long.
        if (event.repeat) event.preventDefault();
      }}
      onClick={press}
    >
      {phase === "idle" ? label : sure}
    </button>
  );
}
