/**
 * One voice of one listener on its way out: the stream's SSRC and sealer, what its reports tell, and its last
 * packets where the listener asks for those that it misses.
 */
import type { ForwardedPacket } from "../core/media-packet.ts";
import { NackRing } from "../core/nack-ring.ts";
import { redPrimaryOffset } from "../core/red.ts";
import type { SentStream } from "../core/sender-report.ts";
import { HEADER, STAGED } from "./srtp/memory-layout.ts";
import type { RtpSealer } from "./srtp/rtp-sealer.ts";
import { kernelBytes } from "./srtp/srtp-kernel.ts";

/** Fixed header and one CSRC, the talker (RFC 3550 §5.1). */
const HEADER_BYTES = 16;
const VERSION_2_ONE_CSRC = 0x81;

/** What a listener's m-line for a voice agreed. */
export interface VoiceFormat {
  opusPayloadType: number;
  redPayloadType: number | undefined;
  nack: boolean;
}

export class VoiceSender implements SentStream {
  readonly ssrc: number;
  packets = 0;
  octets = 0;
  lastTimestamp = 0;
  lastAtMs = 0;
  /** `packets` when the last report went out. */
  reportedPackets = 0;
  readonly #format: VoiceFormat;
  readonly #sealer: RtpSealer;
  readonly #ring: NackRing | undefined;

  constructor(sealer: RtpSealer, format: VoiceFormat) {
    this.ssrc = sealer.ssrc;
    this.#sealer = sealer;
    this.#format = format;
    this.#ring = format.nack ? new NackRing() : undefined;
  }

  /** Seals a packet to a kernel address; answers its bytes or a drop reason. */
  seal(packet: ForwardedPacket, out: number): number {
    const { payload, redOf } = packet;
    const { opusPayloadType, redPayloadType } = this.#format;
    const passesRed = redOf !== undefined && redPayloadType !== undefined && redOf === opusPayloadType;
    // Who didn't agree on RED, or on the same numbers inside, gets its newest frame alone.
    const skipped = redOf === undefined || passesRed ? 0 : redPrimaryOffset(payload, redOf);
    const payloadBytes = payload.length - skipped;
    kernelBytes[HEADER] = VERSION_2_ONE_CSRC;
    kernelBytes[HEADER + 1] = passesRed ? redPayloadType : opusPayloadType;
    writeUint32(HEADER + 12, packet.csrc);
    const bytes = this.#sealer.seal(
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
      this.lastAtMs = performance.now();
    }
    this.#ring?.store(packet.sequenceNumber, kernelBytes, out, bytes);
    return bytes;
  }

  /** The sealed packet that a listener misses, if it is still here. */
  findAgain(sequenceNumber: number): Uint8Array | undefined {
    return this.#ring?.findAgain(sequenceNumber);
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
