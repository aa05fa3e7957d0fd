/**
 * What becomes of one packet: where its copies go, and with which numbers. A batch is filled again and again, so that a
 * packet allocates nothing however many listeners it has.
 */
export class ForwardBatch<Outlet> {
  /** Entries that are in use: 0 … count−1. */
  count = 0;
  /** The same for all entries: a packet has one talker. */
  csrc = 0;
  readonly outlets: (Outlet | undefined)[];
  readonly sequenceNumbers: Uint16Array;
  /** With a sign, as in MediaPacket. */
  readonly timestamps: Int32Array;
  /** 1 where a talkspurt starts for the listener. */
  readonly markers: Uint8Array;

  constructor(capacity: number) {
    this.outlets = new Array(capacity).fill(undefined);
    this.sequenceNumbers = new Uint16Array(capacity);
    this.timestamps = new Int32Array(capacity);
    this.markers = new Uint8Array(capacity);
  }

  begin(csrc: number): void {
    this.count = 0;
    this.csrc = csrc;
  }

  /** Throws past the capacity, which is a room's limit of participants. */
  add(outlet: Outlet, sequenceNumber: number, timestamp: number, marker: boolean): void {
    const index = this.count;
    if (index >= this.outlets.length) throw new RangeError("a batch holds a room's participants and no more");
    this.outlets[index] = outlet;
    this.sequenceNumbers[index] = sequenceNumber;
    this.timestamps[index] = timestamp;
    this.markers[index] = marker ? 1 : 0;
    this.count = index + 1;
  }

  /** Lets go of all; until then the entries of old packets keep alive what they point to. */
  clear(): void {
    this.count = 0;
    this.outlets.fill(undefined);
  }
}
