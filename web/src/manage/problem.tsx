import { AlertIcon } from "../icons.tsx";

/** What went wrong, read out as soon as it appears. */
export function Problem({ text }: { text: string }) {
  if (text === "") return null;
  return (
    <p role="alert" className="problem">
      <AlertIcon /> {text}
    </p>
  );
}
