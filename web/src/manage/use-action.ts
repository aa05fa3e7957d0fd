/** A change asked of the server: one at a time, and what went wrong in words. */
import { ParleyError, type ParleyErrorCode } from "@parley/sdk/parley-error";
import { useState } from "react";
import { formWords } from "../field-words.ts";

export interface Action {
  busy: boolean;
  problem: string;
  /** The last run went well. */
  done: boolean;
  /** Of the last run, where it failed in a way that has one. */
  code: ParleyErrorCode | undefined;
  /** Says whether it went well. */
  run(work: () => Promise<unknown>): Promise<boolean>;
}

export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [done, setDone] = useState(false);

  async function run(work: () => Promise<unknown>): Promise<boolean> {
    if (busy) return false;
    setBusy(true);
    setError(undefined);
    setDone(false);
    try {
      await work();
      setDone(true);
      return true;
    } catch (failure) {
      setError(failure ?? new Error("unknown"));
      return false;
    } finally {
      setBusy(false);
    }
  }

  const problem = error === undefined ? "" : formWords(error);
  return { busy, problem, done, code: error instanceof ParleyError ? error.code : undefined, run };
}
