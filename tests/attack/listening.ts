/** Whether somebody is heard: sends numbered sounds and counts which of them arrive. */
import { packetKind } from "@parley/media-node/rtc/packet-kind";
import type { VoiceMember } from "../support/voice-member.ts";

const HEADER_BYTES = 16;
const PACKET_INTERVAL_MS = 20;
const LATE_MS_MAX = 3_000;
const ANSWER_MS_MAX = 1_000;

/** 80 bytes of "sound" that carry a number and whose it is. */
export function sound(number: number, mark = 0): Uint8Array {
  const payload = Buffer.alloc(80, 0x55);
  payload.writeUInt32BE(number, 0);
  payload.writeUInt32BE(mark, 4);
  return payload;
}

/** How many of `count` sounds of the speaker reach the listener within `msMax` after the last one. */
export async function heard(
  speaker: VoiceMember,
  listener: VoiceMember,
  count = 5,
  msMax = LATE_MS_MAX,
): Promise<number> {
  const mark = Math.floor(Math.random() * 0xffffffff);
  const numbers = new Set<number>();
  const all = Promise.withResolvers<void>();
  const before = listener.client.onVoice;
  listener.client.onVoice = (packet) => {
    if (packet.length < HEADER_BYTES + 8 || packet.readUInt32BE(HEADER_BYTES + 4) !== mark) return;
    numbers.add(packet.readUInt32BE(HEADER_BYTES));
    if (numbers.size === count) all.resolve();
  };
  for (let number = 0; number < count; number++) {
    speaker.client.speak(sound(number, mark));
    await pause(PACKET_INTERVAL_MS);
  }
  await Promise.race([all.promise, pause(msMax)]);
  listener.client.onVoice = before;
  return numbers.size;
}

/**
 * Resolves once the node has read all that was sent to its socket before, by whomever: it reads in order, and answers
 * a check when it comes to it. Whoever floods in step fills no buffer, however seldom a busy machine lets the node run,
 * so that what is lost then isn't the kernel's doing.
 */
export async function caughtUp({ client }: VoiceMember): Promise<void> {
  const before = client.onDatagram;
  let isAnswered = false;
  while (!isAnswered) {
    const check = client.check();
    const answered = Promise.withResolvers<true>();
    client.onDatagram = (datagram) => {
      before(datagram);
      if (isAnswerTo(check, datagram)) answered.resolve(true);
    };
    client.send(check);
    isAnswered = await Promise.race([answered.promise, pause(ANSWER_MS_MAX).then(() => false)]);
  }
  client.onDatagram = before;
}

const isAnswerTo = (check: Buffer, datagram: Buffer): boolean =>
  packetKind(datagram) === "stun" && datagram.compare(check, 8, 20, 8, 20) === 0;

/** A conversation that goes on during everything else, and what of it was lost. */
export class Bystanders {
  readonly #speaker: VoiceMember;
  readonly #timer: NodeJS.Timeout;
  #sent = 0;
  #from = 0;
  readonly #arrived = new Set<number>();

  constructor(speaker: VoiceMember, listener: VoiceMember) {
    this.#speaker = speaker;
    listener.client.onVoice = (packet) => {
      if (packet.length >= HEADER_BYTES + 8) this.#arrived.add(packet.readUInt32BE(HEADER_BYTES));
    };
    this.#timer = setInterval(() => this.#speaker.client.speak(sound(this.#sent++)), PACKET_INTERVAL_MS);
  }

  /** Packets sent and lost since the last call. One that is only late, as on a busy machine, isn't lost. */
  async account(): Promise<{ sent: number; lost: number }> {
    const from = this.#from;
    const sent = this.#sent;
    this.#from = sent;
    const lost = () => {
      let missing = 0;
      for (let number = from; number < sent; number++) if (!this.#arrived.has(number)) missing++;
      return missing;
    };
    for (let waitedMs = 0; waitedMs < LATE_MS_MAX && lost() > 0; waitedMs += PACKET_INTERVAL_MS)
      await pause(PACKET_INTERVAL_MS);
    const result = { sent: sent - from, lost: lost() };
    for (let number = from; number < sent; number++) this.#arrived.delete(number);
    return result;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
