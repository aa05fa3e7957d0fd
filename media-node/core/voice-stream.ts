/**
 * One voice of one listener: a single RTP stream made of many talkers' spurts. Sequence numbers go on without
 * a gap where the source changes or pauses, so that the player conceals nothing; a gap inside a spurt is a
 * real loss and stays one. Timestamps advance by real time across a change.
 */
import type { ForwardedPacket, MediaPacket } from "./media-packet.ts";
import { addSequence, addTimestamp, isNewer } from "./sequence.ts";

const CLOCK_PER_MS = 48;
/** Opus frames last 20 ms here; a change of source moves time by at least one of them. */
const FRAME_TICKS = 20 * CLOCK_PER_MS;

/** RFC 6716 §3.1: 20 ms of full-band CELT, coded as digital silence. */
const OPUS_SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);

export class VoiceStream {
  #spurt = -1;
  #sequenceOffset = 0;
  #timestampOffset = 0;
  #firstSequence = 0;
  #lastSequence: number;
  #lastTimestamp: number;
  #lastAtMs = Number.NaN;

  /** Where the stream starts; RFC 3550 §5.1 wants both random, and the core draws no randomness. */
  constructor(sequence: number, timestamp: number) {
    this.#lastSequence = sequence & 0xffff;
    this.#lastTimestamp = timestamp >>> 0;
  }

  /**
   * Renumbers a packet of a talker's spurt. Undefined for one that is older than the start of its spurt here:
   * its number would belong to the talker before.
   */
  map(spurt: number, csrc: number, packet: MediaPacket, nowMs: number): ForwardedPacket | undefined {
    const isSwitch = spurt !== this.#spurt;
    if (isSwitch) this.#switchTo(spurt, packet, nowMs);
    else if (isNewer(this.#firstSequence, packet.sequenceNumber)) return undefined;

    const sequenceNumber = addSequence(packet.sequenceNumber, this.#sequenceOffset);
    const timestamp = addTimestamp(packet.timestamp, this.#timestampOffset);
    if (isSwitch || isNewer(sequenceNumber, this.#lastSequence)) {
      this.#lastSequence = sequenceNumber;
      this.#lastTimestamp = timestamp;
      this.#lastAtMs = nowMs;
      // The window for stragglers stays within half the circle, whatever a spurt's length.
      if (((packet.sequenceNumber - this.#firstSequence) & 0xffff) > 0x4000)
        this.#firstSequence = addSequence(packet.sequenceNumber, -0x2000);
    }
    return { sequenceNumber, timestamp, marker: isSwitch || packet.marker, csrc, payload: packet.payload };
  }

  /**
   * One frame of silence after what was sent last. A stream that just stops is concealed by the player: it
   * stretches the last sound for a while. The next packet, of whatever talker, starts a new spurt.
   */
  silence(csrc: number, nowMs: number): ForwardedPacket {
    this.#spurt = -1;
    this.#lastSequence = addSequence(this.#lastSequence, 1);
    this.#lastTimestamp = addTimestamp(this.#lastTimestamp, FRAME_TICKS);
    this.#lastAtMs = nowMs;
    return {
      sequenceNumber: this.#lastSequence,
      timestamp: this.#lastTimestamp,
      marker: false,
      csrc,
      payload: OPUS_SILENCE,
    };
  }

  #switchTo(spurt: number, packet: MediaPacket, nowMs: number): void {
    const elapsedMs = Number.isNaN(this.#lastAtMs) ? 0 : nowMs - this.#lastAtMs;
    const elapsedTicks = Math.max(FRAME_TICKS, Math.round(elapsedMs * CLOCK_PER_MS));
    this.#spurt = spurt;
    this.#firstSequence = packet.sequenceNumber;
    this.#sequenceOffset = addSequence(this.#lastSequence, 1 - packet.sequenceNumber);
    this.#timestampOffset = addTimestamp(this.#lastTimestamp, elapsedTicks - packet.timestamp);
  }
}
