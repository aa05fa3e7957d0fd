import { AlertIcon, CloseIcon } from "./icons.tsx";

export interface BannerAction {
  label: string;
  run(): void;
}

interface BannerProps {
  text: string;
  actions: readonly BannerAction[];
  onDismiss?: (() => void) | undefined;
}

export function Banner({ text, actions, onDismiss }: BannerProps) {
  return (
    <div role="alert" className="banner">
      <AlertIcon />
      <p>{text}</p>
      {actions.map(({ label, run }) => (
        <button type="button" key={label} onClick={run}>
          {label}
        </button>
      ))}
      {onDismiss && (
        <button type="button" className="bare" aria-label="Dismiss" onClick={onDismiss}>
          <CloseIcon />
        </button>
      )}
    </div>
  );
}
