/** A change asked of the server: one at a time, and what went wrong in words. */
import { useState } from "react";
import { formWords } from "../field-words.ts";

export interface Action {
  busy: boolean;
  problem: string;
  /** Says whether it went well. */
  run(work: () => Promise<unknown>): Promise<boolean>;
}

export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  async function run(work: () => Promise<unknown>): Promise<boolean> {
    if (busy) return false;
    setBusy(true);
    setProblem("");
    try {
      await work();
      return true;
    } catch (error) {
      setProblem(formWords(error));
      return false;
    } finally {
      setBusy(false);
    }
  }

  return { busy, problem, run };
}
