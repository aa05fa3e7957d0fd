/** A list that comes in pages: those that were asked for so far, all of them fresh whenever it is asked for again. */
import { useRef } from "react";
import { type Loaded, useLoad } from "./use-load.ts";

interface Page<T> {
  items: readonly T[];
  nextCursor: string | null;
}

export interface Pages<T> extends Omit<Loaded<Page<T>>, "value"> {
  /** Undefined until the first answer. */
  items: readonly T[] | undefined;
  hasMore: boolean;
  showMore(): Promise<void>;
}

/** Begins with the first page whenever `key` changes. */
export function usePages<T>(ask: (cursor: string | undefined) => Promise<Page<T>>, key = ""): Pages<T> {
  const wanted = useRef({ key, pages: 1 });
  if (wanted.current.key !== key) wanted.current = { key, pages: 1 };
  const { value, ...loaded } = useLoad(async () => {
    const items: T[] = [];
    let cursor: string | null | undefined;
    for (let page = 0; page < wanted.current.pages && cursor !== null; page++) {
      const answer: Page<T> = await ask(cursor);
      items.push(...answer.items);
      cursor = answer.nextCursor;
    }
    return { items, nextCursor: cursor ?? null };
  }, key);
  return {
    ...loaded,
    items: value?.items,
    hasMore: value !== undefined && value.nextCursor !== null,
    showMore: () => {
      wanted.current.pages++;
      return loaded.reload();
    },
  };
}
