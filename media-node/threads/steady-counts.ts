/**
 * What a thread has counted, a worker's predecessors included: totals that fell when one is replaced would look to
 * Prometheus like a restart of the whole node.
 */
import { addCounts, type ThreadCounts } from "./thread-counts.ts";

export class SteadyCounts {
  readonly #ask: () => Promise<ThreadCounts>;
  /** Of workers that are gone. */
  #before: ThreadCounts | undefined;
  #last: ThreadCounts | undefined;

  constructor(ask: () => Promise<ThreadCounts>) {
    this.#ask = ask;
  }

  /** Undefined while no worker has answered yet. */
  async now(): Promise<ThreadCounts | undefined> {
    // A worker that is gone can't be asked; another one takes its place.
    const counts = await this.#ask().catch(() => undefined);
    const last = this.#last;
    if (last && last.openedAtMs !== counts?.openedAtMs) {
      this.#before = addCounts([...(this.#before ? [this.#before] : []), withoutPeople(last)]);
      this.#last = undefined;
    }
    if (counts) this.#last = counts;
    const all = [this.#before, counts].filter((each) => each !== undefined);
    return all.length === 0 ? undefined : addCounts(all);
  }
}

/** Totals stay; what was there at that moment is gone. */
const withoutPeople = (counts: ThreadCounts): ThreadCounts => ({
  ...counts,
  peers: 0,
  rooms: 0,
  participants: 0,
  voicesInUse: 0,
  shedVoices: 0,
});
