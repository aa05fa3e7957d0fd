/** Counts what listeners got of each RTP stream and what is missing in it, from headers alone. */
interface Stream {
  /** Extended beyond 16 bits. */
  first: number;
  highest: number;
  received: number;
}

/** One listener's ears. */
export interface StreamCounter {
  receive(packet: Buffer): void;
  /** Nothing more comes; what came still counts in the next `take`. */
  end(): void;
}

export class StreamLog {
  readonly #streams = new Set<Stream>();
  readonly #ended: Stream[] = [];

  /** A listener's own streams, by SSRC. */
  listener(): StreamCounter {
    const streams = new Map<number, Stream>();
    return {
      receive: (packet) => {
        const ssrc = packet.readUInt32BE(8);
        const sequence = packet.readUInt16BE(2);
        const stream = streams.get(ssrc);
        if (!stream) {
          const begun = { first: sequence, highest: sequence, received: 1 };
          streams.set(ssrc, begun);
          this.#streams.add(begun);
          return;
        }
        const ahead = ((sequence - stream.highest + 0x8000) & 0xffff) - 0x8000;
        if (ahead > 0) stream.highest += ahead;
        stream.received++;
      },
      end: () => {
        this.#ended.push(...streams.values());
      },
    };
  }

  /** Since the last call. What is on its way then counts as lost in neither. */
  take(): { received: number; lost: number } {
    let received = 0;
    let expected = 0;
    for (const stream of this.#streams) {
      received += stream.received;
      expected += stream.highest - stream.first + 1;
      stream.first = stream.highest + 1;
      stream.received = 0;
    }
    for (const stream of this.#ended.splice(0)) this.#streams.delete(stream);
    return { received, lost: expected - received };
  }
}
