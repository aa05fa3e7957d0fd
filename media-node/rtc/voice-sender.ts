/** One voice of one listener on its way out: the stream's SSRC, its sealer, and what its reports tell. */
import type { ForwardedPacket } from "../core/media-packet.ts";
import { HEADER, STAGED } from "./srtp/memory-layout.ts";
import type { RtpSealer } from "./srtp/rtp-sealer.ts";
import { kernelBytes } from "./srtp/srtp-kernel.ts";

/** Fixed header and one CSRC, the talker (RFC 3550 §5.1). */
const HEADER_BYTES = 16;
const VERSION_2_ONE_CSRC = 0x81;

export class VoiceSender {
  readonly ssrc: number;
  /** Since the start, as RFC 3550 §6.4.1 counts them: headers don't count as octets. */
  packets = 0;
  octets = 0;
  readonly #payloadType: number;
  readonly #sealer: RtpSealer;

  constructor(sealer: RtpSealer, payloadType: number) {
    this.ssrc = sealer.ssrc;
    this.#sealer = sealer;
    this.#payloadType = payloadType;
  }

  /** Seals a packet to a kernel address; answers its bytes or a drop reason. */
  seal(packet: ForwardedPacket, out: number): number {
    const { payload } = packet;
    kernelBytes[HEADER] = VERSION_2_ONE_CSRC;
    kernelBytes[HEADER + 1] = this.#payloadType;
    writeUint32(HEADER + 12, packet.csrc);
    const bytes = this.#sealer.seal(
      HEADER,
      HEADER_BYTES,
      addressOf(payload),
      payload.length,
      packet.marker,
      packet.sequenceNumber,
      packet.timestamp,
      out,
    );
    if (bytes < 0) return bytes;
    this.packets++;
    this.octets += payload.length;
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
