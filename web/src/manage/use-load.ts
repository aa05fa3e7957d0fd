/** Something asked of the server: what came, what went wrong, and asking again. */
import { ParleyError, type ParleyErrorCode } from "@parley/sdk/parley-error";
import { useCallback, useContext, useEffect, useRef, useState } from "react";
import { formWords } from "../field-words.ts";
import { ShownContext } from "./shown.ts";

export interface Loaded<T> {
  value: T | undefined;
  problem: string;
  /** Of the last question, where it failed in a way that has one. */
  code: ParleyErrorCode | undefined;
  reload(): Promise<void>;
}

/** Asks again whenever `key` changes or the panel around is shown again. A late answer to an older question is dropped. */
export function useLoad<T>(ask: () => Promise<T>, key = ""): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, "reload">>({
    value: undefined,
    problem: "",
    code: undefined,
  });
  const latest = useRef(ask);
  latest.current = ask;
  const asked = useRef(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for all that the question depends on
  const reload = useCallback(async () => {
    const number = ++asked.current;
    const isLate = () => number !== asked.current;
    try {
      const value = await latest.current();
      if (!isLate()) setState({ value, problem: "", code: undefined });
    } catch (error) {
      const code = error instanceof ParleyError ? error.code : undefined;
      if (!isLate()) setState((before) => ({ ...before, problem: formWords(error), code }));
    }
  }, [key]);
  const isShown = useContext(ShownContext);
  useEffect(() => {
    if (isShown) void reload();
  }, [reload, isShown]);
  return { ...state, reload };
}
