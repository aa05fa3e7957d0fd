/**
 * One voice of one listener on its way out: where it goes and what seals it, what its reports tell, and its last
 * packets where the listener asks for those that it misses. All that a packet needs is here or one step away: at a
 * few hundred listeners each object more is one more that isn't in the processor's cache.
 */
import type { ForwardedPacket } from "../core/media-packet.ts";
import { NackRing } from "../core/nack-ring.ts";
import { redPrimaryOffset } from "../core/red.ts";
import type { SentStream } from "../core/sender-report.ts";
import type { DropCounters } from "./drop-counters.ts";
import type { VoiceOutlet } from "./media-transport.ts";
import type { Path } from "./path.ts";
import { srtpDropReason } from "./srtp/drop-reason.ts";
import { HEADER, STAGED } from "./srtp/memory-layout.ts";
import type { RtpSealer } from "./srtp/rtp-sealer.ts";
import { kernelBytes } from "./srtp/srtp-kernel.ts";
import type { SrtpSession } from "./srtp/srtp-session.ts";

/** Fixed header and one CSRC, the talker (RFC 3550 §5.1). */
const HEADER_BYTES = 16;
const VERSION_2_ONE_CSRC = 0x81;

/** A voice as its m-line has it: our SSRC, and what was agreed. */
export interface VoiceFormat {
  ssrc: number;
  opusPayloadType: number;
  redPayloadType: number | undefined;
  nack: boolean;
}

/** Of all voices of a transport together. */
export interface SentCount {
  packets: number;
}

export class VoiceSender implements VoiceOutlet, SentStream {
  // What each packet needs stands first and together.
  /** The client's proven path; undefined where it has none now. */
  path: Path | undefined;
  /** Both from the first packet on: most voices of most clients are never used. */
  #sealer: RtpSealer | undefined;
  #ring: NackRing | undefined;
  readonly #opusPayloadType: number;
  readonly #redPayloadType: number | undefined;
  readonly #sent: SentCount;
  packets = 0;
  octets = 0;
  lastTimestamp = 0;
  lastAtTicks = 0;

  /** `packets` when the last report went out. */
  reportedPackets = 0;
  readonly ssrc: number;
  readonly #isRepeated: boolean;
  readonly #drops: DropCounters;
  #srtp: SrtpSession | undefined;

  constructor(format: VoiceFormat, sent: SentCount, drops: DropCounters) {
    this.#sent = sent;
    this.#drops = drops;
    this.ssrc = format.ssrc;
    this.#opusPayloadType = format.opusPayloadType;
    this.#redPayloadType = format.redPayloadType;
    this.#isRepeated = format.nack;
  }

  /** The client's keys are agreed. */
  open(srtp: SrtpSession): void {
    this.#srtp = srtp;
  }

  /** Seals a packet and sends it, or counts why not: without keys there is no path for it, either. */
  send(packet: ForwardedPacket): void {
    const path = this.path;
    const sealer = path && (this.#sealer ?? this.#begin());
    if (!sealer) return this.#drops.count("voice_without_path");
    const place = path.placeToSeal();
    if (place < 0) return this.#drops.count("send_queue_full");
    const bytes = this.#seal(sealer, packet, place);
    if (bytes < 0) return this.#drops.count(srtpDropReason(bytes));
    path.sendSealed(place, bytes);
    this.#sent.packets++;
  }

  /** The sealed packet that a listener misses, if it is still here. */
  findAgain(sequenceNumber: number): Uint8Array | undefined {
    return this.#ring?.findAgain(sequenceNumber);
  }

  close(): void {
    this.path = undefined;
    this.#srtp = undefined;
    this.#sealer = undefined;
    this.#ring = undefined;
  }

  /** Makes what the first packet needs; undefined before there are keys. */
  #begin(): RtpSealer | undefined {
    if (!this.#srtp) return undefined;
    if (this.#isRepeated) this.#ring = new NackRing();
    this.#sealer = this.#srtp.sealer(this.ssrc);
    return this.#sealer;
  }

  /** Seals a packet to a kernel address; answers its bytes or a drop reason. */
  #seal(sealer: RtpSealer, packet: ForwardedPacket, out: number): number {
    const { payload, redOf } = packet;
    const opusPayloadType = this.#opusPayloadType;
    const redPayloadType = this.#redPayloadType;
    const passesRed = redOf !== undefined && redPayloadType !== undefined && redOf === opusPayloadType;
    // Who didn't agree on RED, or on the same numbers inside, gets its newest frame alone.
    const skipped = redOf === undefined || passesRed ? 0 : redPrimaryOffset(payload, redOf);
    const payloadBytes = payload.length - skipped;
    kernelBytes[HEADER] = VERSION_2_ONE_CSRC;
    kernelBytes[HEADER + 1] = passesRed ? redPayloadType : opusPayloadType;
    writeUint32(HEADER + 12, packet.csrc);
    const bytes = sealer.seal(
      HEADER,
      HEADER_BYTES,
      addressOf(payload) + skipped,
      payloadBytes,
      packet.marker,
      packet.sequenceNumber,
      packet.timestamp,
      out,
    );
    if (bytes < 0) return bytes;
    this.octets += payloadBytes;
    // A straggler doesn't set the clock back.
    if (this.packets++ === 0 || ((packet.timestamp - this.lastTimestamp) | 0) > 0) {
      this.lastTimestamp = packet.timestamp;
      this.lastAtTicks = packet.atTicks;
    }
    this.#ring?.store(packet.sequenceNumber, kernelBytes, out, bytes);
    return bytes;
  }
}

/** A payload that was opened in the kernel is sealed from there, however many listeners it has. */
function addressOf(payload: Uint8Array): number {
  if (payload.buffer === kernelBytes.buffer) return payload.byteOffset;
  kernelBytes.set(payload, STAGED);
  return STAGED;
}

function writeUint32(address: number, value: number): void {
  kernelBytes[address] = value >>> 24;
  kernelBytes[address + 1] = value >>> 16;
  kernelBytes[address + 2] = value >>> 8;
  kernelBytes[address + 3] = value;
}
