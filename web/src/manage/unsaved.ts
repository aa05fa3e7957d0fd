/** Edits that closing a dialog would throw away; the dialog asks first. */
import { createContext, useContext, useEffect, useId } from "react";

export type Unsaved = Map<string, string>;

export const UnsavedContext = createContext<Unsaved>(new Map());

/** `what` names them for the question. */
export function useUnsaved(isUnsaved: boolean, what: string): void {
  const unsaved = useContext(UnsavedContext);
  const id = useId();
  useEffect(() => {
    if (!isUnsaved) return;
    unsaved.set(id, what);
    return () => void unsaved.delete(id);
  }, [unsaved, id, isUnsaved, what]);
}
