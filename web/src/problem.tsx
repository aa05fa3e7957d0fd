import { AlertIcon } from "./icons.tsx";

/** What went wrong with a form; nothing for no words. */
export function Problem({ words }: { words: string }) {
  if (words === "") return null;
  return (
    <p role="alert" className="problem">
      <AlertIcon /> {words}
    </p>
  );
}
