/**
 * What becomes of one packet: who gets it, and with which numbers. A room fills one and the same batch again
 * and again, so that a packet allocates nothing however many listeners it has.
 */
export class ForwardBatch<Listener> {
  /** Entries that are in use: 0 … count−1. */
  count = 0;
  /** The same for all entries: a packet has one talker, who holds one voice. */
  voice = 0;
  csrc = 0;
  readonly listeners: (Listener | undefined)[];
  readonly sequenceNumbers: Uint16Array;
  readonly timestamps: Int32Array;
  /** 1 where a talkspurt starts for the listener. */
  readonly markers: Uint8Array;

  constructor(capacity: number) {
    this.listeners = new Array(capacity).fill(undefined);
    this.sequenceNumbers = new Uint16Array(capacity);
    this.timestamps = new Int32Array(capacity);
    this.markers = new Uint8Array(capacity);
  }

  begin(voice: number, csrc: number): void {
    this.count = 0;
    this.voice = voice;
    this.csrc = csrc;
  }

  /** Throws past the capacity, which is a room's limit of participants. */
  add(listener: Listener, sequenceNumber: number, timestamp: number, marker: boolean): void {
    const index = this.count;
    if (index >= this.listeners.length)
      throw new RangeError("a batch holds a room's participants and no more");
    this.listeners[index] = listener;
    this.sequenceNumbers[index] = sequenceNumber;
    this.timestamps[index] = timestamp;
    this.markers[index] = marker ? 1 : 0;
    this.count = index + 1;
  }

  /** Lets go of somebody who left; until then the entries of old packets keep what they point to alive. */
  forget(listener: Listener): void {
    for (let index = 0; index < this.listeners.length; index++)
      if (this.listeners[index] === listener) this.listeners[index] = undefined;
  }
}
