import type { ReactNode } from "react";

interface SteadyButtonProps {
  /** It has nothing to do as things are. */
  idle: boolean;
  className?: string;
  label?: string;
  onPress(): void;
  children: ReactNode;
}

/** For what a press may use up, such as the way to the top: a button disabled under it would drop the focus. */
export function SteadyButton({ idle, className = "", label, onPress, children }: SteadyButtonProps) {
  return (
    <button
      type="button"
      className={`steady ${className}`}
      aria-label={label}
      aria-disabled={idle}
      onClick={() => {
        if (!idle) onPress();
      }}
    >
      {children}
    </button>
  );
}
