/**
 * Watches a relay for the moment at which somebody begins to speak: their first loud packet on its way to the node,
 * and the first that the node sends on with their name. Headers of SRTP are readable; sound is not needed.
 */
import type { ToneTalker } from "./tone-gate.ts";
import type { UdpRelay } from "./udp-relay.ts";

/** Chromium's id of the RFC 6464 level, in offers whose only extensions are its default ones. */
const LEVEL_ID = 1;
/** In −dBov; a silent microphone sends 127. */
const LOUD = 60;

export class OnsetWatch {
  readonly #relay: UdpRelay;
  #cameAtMs = Number.NaN;
  #wentAtMs = Number.NaN;

  constructor(relay: UdpRelay, { ssrc, csrc }: ToneTalker) {
    this.#relay = relay;
    relay.onPacket = (packet, direction) => {
      if (!isRtp(packet)) return;
      const nowMs = performance.timeOrigin + performance.now();
      if (direction === "in" && Number.isNaN(this.#cameAtMs)) {
        if (packet.readUInt32BE(8) === ssrc && levelOf(packet) < LOUD) this.#cameAtMs = nowMs;
      } else if (direction === "out" && !Number.isNaN(this.#cameAtMs) && Number.isNaN(this.#wentAtMs)) {
        if ((packet.readUInt8(0) & 0x0f) > 0 && packet.readUInt32BE(12) === csrc) this.#wentAtMs = nowMs;
      }
    };
  }

  /** In ms since 1970; NaN for what didn't happen. */
  stop(): { cameAtMs: number; wentAtMs: number } {
    this.#relay.onPacket = () => {};
    return { cameAtMs: this.#cameAtMs, wentAtMs: this.#wentAtMs };
  }
}

/** RFC 7983: RTP and RTCP begin with 128 to 191; RFC 5761: RTCP's types look like payload types 64 to 95. */
function isRtp(packet: Buffer): boolean {
  const type = packet.readUInt8(1) & 0x7f;
  return packet.length >= 16 && packet.readUInt8(0) >> 6 === 2 && (type < 64 || type > 95);
}

/** RFC 8285 §4.2: elements of one byte's header and length + 1 bytes. 127 where there is no level. */
function levelOf(packet: Buffer): number {
  const first = packet.readUInt8(0);
  const at = 12 + (first & 0x0f) * 4;
  if ((first & 0x10) === 0 || packet.readUInt16BE(at) !== 0xbede) return 127;
  const end = at + 4 + packet.readUInt16BE(at + 2) * 4;
  for (let element = at + 4; element < end; ) {
    const header = packet.readUInt8(element);
    if (header === 0) element++;
    else if (header >> 4 === LEVEL_ID) return packet.readUInt8(element + 1) & 0x7f;
    else element += 2 + (header & 0x0f);
  }
  return 127;
}
