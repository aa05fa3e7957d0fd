/** One opened audio packet as the room sees it: whoever received it has removed keys, padding and ids. */
export interface MediaPacket {
  sequenceNumber: number;
  /** 32 bits, with or without a sign: with it, as on the way of every packet, V8 needs no object for it. */
  timestamp: number;
  marker: boolean;
  /** RFC 6464: 0 is the loudest, −127 the quietest, undefined where the sender tells no level. */
  levelDbov: number | undefined;
  /** Opus, or RED of Opus frames (RFC 2198). */
  payload: Uint8Array;
  /** Set where the payload is RED: the payload type of the frames inside. */
  redOf?: number | undefined;
}

/** What a listener gets on one of their voices: the packet renumbered into that voice's own stream. */
export interface ForwardedPacket {
  sequenceNumber: number;
  timestamp: number;
  marker: boolean;
  /** The talker, so that a client knows packet by packet who is heard. */
  csrc: number;
  payload: Uint8Array;
  /** As in MediaPacket. */
  redOf?: number | undefined;
  /** When it was forwarded, in ticks of the media clock. */
  atTicks: number;
}
