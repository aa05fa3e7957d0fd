/** What a thread has counted since its start; plain numbers, so that they go through a message. */
export interface ThreadCounts {
  packetsIn: number;
  packetsOut: number;
  /** Packets not forwarded because the thread could not carry them. */
  packetsShed: number;
  /** By reason. */
  drops: Record<string, number>;
  /** Clients' transports that have ended, by reason. */
  endings: Record<string, number>;
  peers: number;
  rooms: number;
  participants: number;
  /** Voices that are given up in each room now. */
  shedVoices: number;
  eventLoopLagMs: number;
  forwardDelayMs: HistogramCounts;
}

/** Upper bounds, how many fell into each bucket alone (one more for what is above all), and their sum. */
export interface HistogramCounts {
  bounds: readonly number[];
  counts: readonly number[];
  sum: number;
}

export function addCounts(all: readonly ThreadCounts[]): ThreadCounts {
  const sum = (pick: (counts: ThreadCounts) => number) => all.reduce((total, each) => total + pick(each), 0);
  const sums = (pick: (counts: ThreadCounts) => Record<string, number>) => {
    const reasons = new Set(all.flatMap((each) => Object.keys(pick(each))));
    return Object.fromEntries([...reasons].map((reason) => [reason, sum((each) => pick(each)[reason] ?? 0)]));
  };
  const bounds = all[0]?.forwardDelayMs.bounds ?? [];
  return {
    packetsIn: sum((each) => each.packetsIn),
    packetsOut: sum((each) => each.packetsOut),
    packetsShed: sum((each) => each.packetsShed),
    drops: sums((each) => each.drops),
    endings: sums((each) => each.endings),
    peers: sum((each) => each.peers),
    rooms: sum((each) => each.rooms),
    participants: sum((each) => each.participants),
    shedVoices: Math.max(0, ...all.map((each) => each.shedVoices)),
    eventLoopLagMs: Math.max(0, ...all.map((each) => each.eventLoopLagMs)),
    forwardDelayMs: {
      bounds,
      counts: Array.from({ length: bounds.length + 1 }, (_, bucket) =>
        sum((each) => each.forwardDelayMs.counts[bucket] ?? 0),
      ),
      sum: sum((each) => each.forwardDelayMs.sum),
    },
  };
}
