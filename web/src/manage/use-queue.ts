/** Changes that may follow each other faster than the server answers: one after the other, and none is dropped. */
import { useRef, useState } from "react";
import { formWords } from "../field-words.ts";

export interface Queue {
  /** Of those since the queue was last empty. */
  problem: string;
  add(work: () => Promise<unknown>): void;
}

/**
 * `whenEmpty` runs after the last of them, whether they went well or not. What is added meanwhile waits for it, and
 * `isEmpty` tells.
 */
export function useQueue(whenEmpty: (isEmpty: () => boolean) => Promise<unknown>): Queue {
  const [problem, setProblem] = useState("");
  const last = useRef(Promise.resolve());
  const waiting = useRef(0);

  function add(work: () => Promise<unknown>): void {
    if (waiting.current === 0) setProblem("");
    waiting.current++;
    last.current = last.current.then(async () => {
      try {
        await work();
      } catch (error) {
        setProblem(formWords(error));
      }
      waiting.current--;
      if (waiting.current === 0) await whenEmpty(() => waiting.current === 0);
    });
  }
  return { problem, add };
}
