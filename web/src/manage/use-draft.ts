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
}

export function useDraft<T>(loaded: T): Draft<T> {
  const [state, setState] = useState<{ base: T; edited?: { value: T } }>({ base: loaded });
  if (!state.edited && state.base !== loaded) setState({ base: loaded });
  return {
    base: state.base,
    value: state.edited ? state.edited.value : state.base,
    isTouched: state.edited !== undefined,
    change: (value) => setState(({ base }) => ({ base, edited: { value } })),
    discard: () => setState({ base: loaded }),
  };
}
