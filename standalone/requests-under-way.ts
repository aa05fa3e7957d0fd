/** Requests that are being worked on, also those whose client has gone: what they use closes after the last. */
import { setTimeout as sleep } from "node:timers/promises";

export interface RequestsUnderWay<Args extends unknown[]> {
  fetch(...args: Args): Promise<Response>;
  /** Resolves when none is left, at the latest after `msMax`. */
  settled(msMax: number): Promise<void>;
}

export function trackRequests<Args extends unknown[]>(
  fetch: (...args: Args) => Response | Promise<Response>,
): RequestsUnderWay<Args> {
  const underWay = new Set<Promise<Response>>();
  return {
    async fetch(...args) {
      const response = Promise.resolve(fetch(...args));
      underWay.add(response);
      try {
        return await response;
      } finally {
        underWay.delete(response);
      }
    },
    async settled(msMax) {
      await Promise.race([Promise.allSettled(underWay), sleep(msMax, undefined, { ref: false })]);
    },
  };
}
