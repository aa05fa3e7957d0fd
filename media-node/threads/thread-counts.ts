/** What a thread has counted since its start; plain numbers, so that they go through a message. */
export interface ThreadCounts {
  /** When the thread opened, in ms since 1970: a worker that replaces another one begins at 0. */
  openedAtMs: number;
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
  /** Voices that somebody speaks on now, of all rooms. */
  voicesInUse: number;
  /** Voices that are given up in each room now. */
  shedVoices: number;
  /** How late each of its ticks ran, ten a second. */
  eventLoopLagMs: HistogramCounts;
  /** How long datagrams waited at the least until they were read, in each tick. */
  receiveWaitMs: HistogramCounts;
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
  return {
    openedAtMs: Math.min(...all.map((each) => each.openedAtMs)),
    packetsIn: sum((each) => each.packetsIn),
    packetsOut: sum((each) => each.packetsOut),
    packetsShed: sum((each) => each.packetsShed),
    drops: sums((each) => each.drops),
    endings: sums((each) => each.endings),
    peers: sum((each) => each.peers),
    rooms: sum((each) => each.rooms),
    participants: sum((each) => each.participants),
    voicesInUse: sum((each) => each.voicesInUse),
    shedVoices: Math.max(0, ...all.map((each) => each.shedVoices)),
    eventLoopLagMs: addHistograms(all.map((each) => each.eventLoopLagMs)),
    receiveWaitMs: addHistograms(all.map((each) => each.receiveWaitMs)),
    forwardDelayMs: addHistograms(all.map((each) => each.forwardDelayMs)),
  };
}

function addHistograms(all: readonly HistogramCounts[]): HistogramCounts {
  const bounds = all[0]?.bounds ?? [];
  const sum = (pick: (each: HistogramCounts) => number) => all.reduce((total, each) => total + pick(each), 0);
  return {
    bounds,
    counts: Array.from({ length: bounds.length + 1 }, (_, bucket) => sum((each) => each.counts[bucket] ?? 0)),
    sum: sum((each) => each.sum),
  };
}
