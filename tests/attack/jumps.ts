/**
 * A talker with the right keys whose sequence numbers or timestamps jump. SRTP finds a packet's index from 16 bits of
 * it as long as it lies within half the circle (RFC 3711 §3.3.1). A player takes a large gap for a loss (RFC 3550
 * A.1), and drops what is earlier than what it has played.
 */

import { packetKind } from "@parley/media-node/rtc/packet-kind";
import type { ScriptedClient } from "@parley/media-node/rtc/testing/scripted-client";
import type { Attack } from "./attack.ts";
import { heard, pause, sound } from "./listening.ts";
import { dropped, forwarded } from "./rtp.ts";

const CIRCLE = 0x10000;
/** A sealer's own index follows its numbers only by leaps within half the circle. */
const LEAP_MAX = 20_000;
/** There and on round the circle, from either half of it: each pair comes back to where it began. */
const JUMPS = [40_000, CIRCLE - 40_000, 0x8000, 0x8000, 40_000, 40_000, 60_000];
const SPURT = 5;
const FRAME_MS = 20;
/** Back, ahead by more than can have been said meanwhile, and far ahead. */
const TIME_JUMPS_MS = [-4_900, 5_000, -60_000, 12 * 3_600_000];

/** Seals a packet that lies so many numbers ahead; the ones before it are never sent. Answers one of those, too. */
function jump(client: ScriptedClient, by: number): { passed: Buffer; next: Buffer } {
  let passed: Buffer | undefined;
  for (let left = by; left > 0; left -= LEAP_MAX) {
    client.skip(Math.min(left, LEAP_MAX) - 1);
    const sealed = Buffer.from(client.seal(sound(0)));
    if (left <= LEAP_MAX) return { passed: passed ?? sealed, next: sealed };
    passed ??= sealed;
  }
  throw new Error("a jump leads ahead");
}

/** The next packet, as one that nobody is to hear: of padding alone. */
function padding(client: ScriptedClient): Buffer {
  const plain = client.rtp(sound(0));
  plain[0] = (plain[0] as number) | 0x20;
  plain[plain.length - 1] = sound(0).length;
  return client.sealRtp(plain);
}

export const jumpAttacks: readonly Attack[] = [
  {
    name: "An authentic talker's sequence number jumps by 40,000, by 32,768, and back",
    async run(scene) {
      const { victim, listener, note, require } = scene;
      const { client } = victim;
      const before = Array.from({ length: SPURT }, () => Buffer.from(client.seal(sound(0))));
      const sendBefore = () => {
        for (const packet of before) client.send(packet);
      };
      require((await forwarded(scene, sendBefore)) === SPURT, "the talker is heard before");
      const passed: Buffer[] = [];
      const through: number[] = [];
      let replayed = 0;
      let counted = 0;
      let sent = 0;
      for (const by of JUMPS) {
        const leap = jump(client, by);
        passed.push(leap.passed);
        through.push(await forwarded(scene, () => client.send(leap.next)));
        through.push(await heard(victim, listener, SPURT));
        // What was heard, just now or before, and what was sealed before and kept: authentic, and taken or too old.
        const old = [leap.next, ...before, ...passed];
        sent += old.length;
        counted += await dropped(scene, ["srtp_replayed", "srtp_unauthentic"], async () => {
          replayed += await forwarded(scene, () => {
            for (const packet of old) client.send(packet);
          });
        });
      }
      const back = Buffer.from(before[0] as Buffer);
      back.writeUInt16BE(client.seal(sound(0)).readUInt16BE(2) + 1, 2);
      replayed += await forwarded(scene, () => client.send(back));
      note(
        `heard after ${JUMPS.length} jumps: ${through.join(", ")} of 1 and ${SPURT}; ${replayed} of ${sent} old ones got in, ${counted} counted`,
      );
      require(through.every(
        (count, index) => count === (index % 2 === 0 ? 1 : SPURT),
      ), "each packet after a jump is heard");
      require(replayed === 0 && counted === sent, "nothing old gets in");
    },
  },
  {
    name: "A talker goes round all sequence numbers unheard, and comes back to those that were heard",
    async run(scene) {
      const { client } = scene.victim;
      const through = await forwarded(scene, async () => {
        client.speak(sound(0));
        for (let passed = 0; passed < CIRCLE - LEAP_MAX; passed += LEAP_MAX) {
          client.skip(LEAP_MAX - 1);
          client.send(padding(client));
          client.shiftTime(-FRAME_MS);
        }
        client.skip((CIRCLE % LEAP_MAX) - 1);
        // At the same time, too: else it begins anew.
        client.shiftTime(-FRAME_MS);
        client.speak(sound(0));
      });
      scene.note(`2 with the same number sent, ${through} forwarded`);
      scene.require(through >= 1, "the first is heard");
    },
  },
  {
    name: "A talker's sequence numbers leap so that a listener's rollover counter runs away",
    async run({ victim, listener, note, require }) {
      const numbers: number[] = [];
      listener.client.onDatagram = (datagram) => {
        if (packetKind(datagram) === "rtp") numbers.push(datagram.readUInt16BE(2));
      };
      const count = 100;
      for (let n = 0; n < count; n++) {
        victim.client.send(jump(victim.client, 2_000).next);
        await pause(5);
      }
      await pause(150);
      listener.client.onDatagram = () => {};
      let passed = 0;
      for (const [index, number] of numbers.entries())
        if (index > 0) passed += (number - (numbers[index - 1] as number)) & 0xffff;
      note(`${numbers.length} of ${count} heard, whose numbers go on by ${passed}`);
      require(numbers.length === count, "each is heard");
      // Whoever misses 2^15 numbers can't open a voice ever again, and consent lasts for 15 s.
      require(passed < 2_000, "what one talker skips doesn't skip everybody's numbers");
    },
  },
  {
    name: "A talker's timestamps jump by -4.9 s, 5 s, -60 s and 12 h",
    async run({ victim, listener, note, require }) {
      const timestamps: number[] = [];
      listener.client.onDatagram = (datagram) => {
        if (packetKind(datagram) === "rtp") timestamps.push(datagram.readUInt32BE(4));
      };
      await heard(victim, listener, SPURT);
      for (const byMs of TIME_JUMPS_MS) {
        victim.client.shiftTime(byMs);
        await heard(victim, listener, SPURT);
      }
      listener.client.onDatagram = () => {};
      const stepsMs = timestamps.slice(1).map((at, index) => ((at - (timestamps[index] as number)) | 0) / 48);
      const [least, most] = [Math.min(...stepsMs), Math.max(...stepsMs)].map(Math.round) as [number, number];
      note(`${timestamps.length} heard, ${least} to ${most} ms apart`);
      require(timestamps.length >= SPURT * (1 + TIME_JUMPS_MS.length), "all are heard");
      require(least > 0 && most < 1_000, "a listener's time goes on as real time does");
    },
  },
];
