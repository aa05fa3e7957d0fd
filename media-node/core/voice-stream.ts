/**
 * One voice of one listener: a single RTP stream made of many talkers' spurts. Sequence numbers go on without
 * a gap where the source changes or pauses, so that the player conceals nothing; a gap inside a spurt is a
 * real loss and stays one. Timestamps advance by real time across a change. Who takes over right after another's packet
 * comes a whole frame after it, and the next change that leaves room takes that back, or players would wait longer and
 * longer. Of a spurt whose first packets come in the wrong order the earlier ones are numbered behind: their
 * timestamps say where they belong, and players go by those.
 */
import { TICKS_PER_MS, ticksAt, ticksBetween } from "./media-clock.ts";
import type { MediaPacket } from "./media-packet.ts";
import { addSequence, addTimestamp, isNewer } from "./sequence.ts";

/** Opus frames last 20 ms here; a change of source moves time by at least one of them. */
const FRAME_TICKS = 20 * TICKS_PER_MS;
/** How far back a straggler of the same spurt may lie; a sealer fills gaps no older than this either. */
const STRAGGLER_PACKETS_MAX = 31;
/** How many packets before the one that came first of a spurt still count; of 20 ms each, no later is in time. */
const EARLIER_PACKETS_MAX = 3;

export class VoiceStream {
  /** Of the packet that was mapped last. */
  sequenceNumber: number;
  /** 32 bits with a sign, as in MediaPacket. */
  timestamp: number;
  marker = false;
  #spurt = -1;
  #sequenceOffset = 0;
  #timestampOffset = 0;
  #firstSequence = 0;
  /** Have all of the spurt's packets come without a gap between them? */
  #isContiguous = false;
  /** Where the stream stood before the spurt. */
  #timestampBefore = 0;
  #lastSequence: number;
  #lastTimestamp: number;
  #lastAtTicks = 0;
  #hasSent = false;
  /** How far the last switches have moved the stream ahead of real time, a frame at most. */
  #owedTicks = 0;

  /** Where the stream starts; RFC 3550 §5.1 wants both random, and the core draws no randomness. */
  constructor(sequence: number, timestamp: number) {
    this.#lastSequence = this.sequenceNumber = sequence & 0xffff;
    this.#lastTimestamp = this.timestamp = timestamp | 0;
  }

  /**
   * Renumbers a packet of a talker's spurt into `sequenceNumber`, `timestamp` and `marker`. False for one that
   * is older than the start of its spurt here, since its number would belong to the talker before, and for one
   * that is hopelessly late.
   */
  map(spurt: number, packet: MediaPacket, nowMs: number): boolean {
    const isSwitch = spurt !== this.#spurt;
    if (isSwitch) this.#switchTo(spurt, packet, nowMs);
    else if (isNewer(this.#firstSequence, packet.sequenceNumber)) return this.#mapEarlier(packet);

    const sequenceNumber = addSequence(packet.sequenceNumber, this.#sequenceOffset);
    const timestamp = addTimestamp(packet.timestamp, this.#timestampOffset);
    if (isSwitch || isNewer(sequenceNumber, this.#lastSequence)) {
      this.#isContiguous &&= isSwitch || sequenceNumber === ((this.#lastSequence + 1) & 0xffff);
      this.#lastSequence = sequenceNumber;
      this.#lastTimestamp = timestamp;
      this.#lastAtTicks = ticksAt(nowMs);
      this.#hasSent = true;
      // The window for stragglers moves with the spurt, whatever its length.
      if (((packet.sequenceNumber - this.#firstSequence) & 0xffff) > STRAGGLER_PACKETS_MAX)
        this.#firstSequence = addSequence(packet.sequenceNumber, -STRAGGLER_PACKETS_MAX);
    }
    this.sequenceNumber = sequenceNumber;
    this.timestamp = timestamp;
    this.marker = isSwitch || packet.marker;
    return true;
  }

  /**
   * A packet from before the one that came first. It takes the next number, and what follows moves up by one, which
   * is safe only while no number between the first and the last is still to come.
   */
  #mapEarlier(packet: MediaPacket): boolean {
    const earlier = (this.#firstSequence - packet.sequenceNumber) & 0xffff;
    const timestamp = addTimestamp(packet.timestamp, this.#timestampOffset);
    const isFree = ((timestamp - this.#timestampBefore) | 0) >= FRAME_TICKS;
    if (!this.#isContiguous || earlier > EARLIER_PACKETS_MAX || !isFree) return false;
    this.#sequenceOffset = addSequence(this.#sequenceOffset, 1);
    this.sequenceNumber = this.#lastSequence = addSequence(this.#lastSequence, 1);
    this.timestamp = timestamp;
    this.marker = false;
    return true;
  }

  /**
   * One frame of silence after what was sent last. A stream that just stops is concealed by the player: it
   * stretches the last sound for a while. The next packet, of whatever talker, starts a new spurt.
   */
  silence(nowMs: number): void {
    this.#spurt = -1;
    this.sequenceNumber = this.#lastSequence = addSequence(this.#lastSequence, 1);
    const ticks = ticksAt(nowMs);
    this.timestamp = this.#lastTimestamp = this.#nextTimestamp(ticks);
    this.marker = false;
    this.#lastAtTicks = ticks;
    this.#hasSent = true;
  }

  #switchTo(spurt: number, packet: MediaPacket, nowMs: number): void {
    this.#spurt = spurt;
    this.#firstSequence = packet.sequenceNumber;
    this.#isContiguous = true;
    this.#timestampBefore = this.#lastTimestamp;
    this.#sequenceOffset = addSequence(this.#lastSequence, 1 - packet.sequenceNumber);
    this.#timestampOffset = addTimestamp(this.#nextTimestamp(ticksAt(nowMs)), -packet.timestamp);
  }

  /**
   * Real time after what was sent last, and a frame at the least. How much too far that leads is owed, and taken back
   * as soon as there is room: a frame of it, for players have followed the rest already.
   */
  #nextTimestamp(ticks: number): number {
    // Before its first packet a stream leaves room for those that may come behind it.
    if (!this.#hasSent) return addTimestamp(this.#lastTimestamp, (EARLIER_PACKETS_MAX + 1) * FRAME_TICKS);
    const due = ticksBetween(this.#lastAtTicks, ticks) - this.#owedTicks;
    const leap = Math.max(FRAME_TICKS, due);
    this.#owedTicks = Math.min(leap - due, FRAME_TICKS);
    return addTimestamp(this.#lastTimestamp, leap);
  }
}
