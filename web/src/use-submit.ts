/** A form on its way: one at a time, with words for what went wrong. */
import { type FormEvent, useState } from "react";
import { formWords } from "./field-words.ts";

export function useSubmit(send: () => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  async function submit(event?: FormEvent): Promise<void> {
    event?.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem("");
    try {
      await send();
    } catch (error) {
      setProblem(formWords(error));
    } finally {
      setBusy(false);
    }
  }
  return { busy, problem, setProblem, submit };
}
