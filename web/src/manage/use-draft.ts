/** What is being edited: it follows what was loaded until it is touched, and then stays with what it started from. */
import { useState } from "react";

export interface Draft<T> {
  /** As it was loaded when the editing began. */
  base: T;
  value: T;
  isTouched: boolean;
  change(value: T): void;
  /** Back to what is loaded now. */
  discard(): void;
  /** This is how it was written down; what is loaded by now is older. */
  saved(value: T): void;
}

export function useDraft<T>(loaded: T): Draft<T> {
  const [state, setState] = useState<{ base: T; seen: T; edited?: { value: T } }>({
    base: loaded,
    seen: loaded,
  });
  if (!state.edited && state.seen !== loaded) setState({ base: loaded, seen: loaded });
  return {
    base: state.base,
    value: state.edited ? state.edited.value : state.base,
    isTouched: state.edited !== undefined,
    change: (value) => setState(({ base, seen }) => ({ base, seen, edited: { value } })),
    discard: () => setState({ base: loaded, seen: loaded }),
    saved: (value) => setState({ base: value, seen: loaded }),
  };
}
