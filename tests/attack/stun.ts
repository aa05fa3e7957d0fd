/** STUN from strangers: whatever doesn't prove the password gets nothing back and changes nothing. */
import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { attribute, FINGERPRINT_XOR, STUN_HEADER_BYTES } from "@parley/media-node/rtc/stun/binding-request";
import type { Attack, Scene } from "./attack.ts";
import { heard } from "./listening.ts";
import { Stranger } from "./stranger.ts";

const INTEGRITY_BYTES = 24;
const FINGERPRINT_BYTES = 8;
const PORTS = 10_000;
const HEAP_GROWTH_BYTES_MAX = 2 * 1024 * 1024;

/** Sends packets from a stranger's address; they must be answered with silence and counted under a reason. */
function silence(name: string, reason: string, packets: (scene: Scene) => Buffer[]): Attack {
  return {
    name,
    async run(scene) {
      const before = await scene.arena.counter(reason);
      const stranger = await Stranger.open(scene.arena.port);
      const sent = packets(scene);
      await stranger.sendAll(sent);
      stranger.close();
      const counted = (await scene.arena.counter(reason)) - before;
      scene.note(`${sent.length} sent, ${stranger.repliedBytes} bytes back, ${counted} counted as ${reason}`);
      scene.require(stranger.repliedBytes === 0, "nothing comes back");
      scene.require(counted >= sent.length, "each is counted");
    },
  };
}

/** A check by somebody who has seen the ufrags (they travel in the clear) but not the password. */
const guessed = ({ victim }: Scene, more: { type: number; value: Uint8Array }[] = []) =>
  victim.client.check({ password: "a guess of somebody's own", more });

/** The victim's own check without its MESSAGE-INTEGRITY, by whoever has read the ufrags. */
function withoutIntegrity({ victim }: Scene): Buffer {
  const check = victim.client.check();
  const unsigned = check.subarray(0, check.length - FINGERPRINT_BYTES - INTEGRITY_BYTES);
  unsigned.writeUInt16BE(unsigned.length + FINGERPRINT_BYTES - STUN_HEADER_BYTES, 2);
  const fingerprint = Buffer.from("8028000400000000", "hex");
  fingerprint.writeUInt32BE((crc32(unsigned) ^ FINGERPRINT_XOR) >>> 0, 4);
  return Buffer.concat([unsigned, fingerprint]);
}

/** Messages of another kind than a node answers, and by somebody who has the password. */
const ofType =
  (...types: number[]) =>
  ({ victim }: Scene) =>
    types.map((type) => victim.client.check({ type }));

export const stunAttacks: readonly Attack[] = [
  silence("STUN cut short at every length", "stun_malformed", ({ victim }) => {
    const check = victim.client.check();
    return Array.from({ length: check.length - 1 }, (_, length) => check.subarray(0, length + 1));
  }),
  silence("STUN each of whose attributes runs past the end", "stun_malformed", ({ victim }) => {
    const check = victim.client.check();
    const packets: Buffer[] = [];
    for (let at = 20; at + 8 < check.length - 8; at += 4 + ((check.readUInt16BE(at + 2) + 3) & ~3)) {
      const packet = Buffer.from(check);
      packet.writeUInt16BE(0xfff0, at + 2);
      packets.push(packet);
    }
    return packets;
  }),
  silence("STUN without MESSAGE-INTEGRITY (W4)", "stun_no_integrity", (scene) => [withoutIntegrity(scene)]),
  silence("STUN with a wrong MESSAGE-INTEGRITY", "stun_bad_integrity", (scene) => [guessed(scene)]),
  silence("STUN of an unknown ufrag (W4)", "stun_unknown_ufrag", ({ victim }) => [
    victim.client.check({ username: "nobody:here" }),
    victim.client.check({ username: `${randomBytes(6).toString("base64")}:x` }),
  ]),
  silence("STUN with a bad FINGERPRINT", "stun_bad_fingerprint", ({ victim }) => {
    const check = victim.client.check();
    check[check.length - 1] = (check.at(-1) as number) ^ 1;
    return [check];
  }),
  silence("STUN role conflict by somebody without the password", "stun_bad_integrity", (scene) => [
    guessed(scene, [{ type: attribute.iceControlled, value: randomBytes(8) }]),
  ]),
  silence("STUN responses that nobody asked for", "stun_not_a_request", ofType(0x0101, 0x0111, 0x0011)),
  silence("TURN Allocate and Refresh", "stun_not_a_request", ofType(0x0003, 0x0004)),
  {
    name: "USE-CANDIDATE without the password from another address (W4)",
    async run(scene) {
      const stranger = await Stranger.open(scene.arena.port);
      await stranger.sendAll(Array.from({ length: 20 }, () => guessed(scene)));
      const reached = await heard(scene.listener, scene.victim);
      stranger.close();
      scene.note(
        `${reached} of 5 packets still reach the client, ${stranger.repliedBytes} bytes the stranger`,
      );
      scene.require(reached === 5 && stranger.repliedBytes === 0, "the destination stays");
    },
  },
  {
    name: `STUN from ${PORTS.toLocaleString("en")} source ports`,
    async run(scene) {
      const { heapBytes } = await scene.arena.vitals();
      let replied = 0;
      for (let opened = 0; opened < PORTS; opened += 200) {
        const strangers = await Promise.all(
          Array.from({ length: 200 }, () => Stranger.open(scene.arena.port)),
        );
        await Promise.all(strangers.map((stranger) => stranger.sendAll([guessed(scene)], 5)));
        for (const stranger of strangers) {
          replied += stranger.repliedBytes;
          stranger.close();
        }
      }
      const grown = (await scene.arena.vitals()).heapBytes - heapBytes;
      scene.note(`${replied} bytes back, heap ${(grown / 1024).toFixed(0)} KiB larger`);
      scene.require(replied === 0, "nothing comes back");
      scene.require(grown < HEAP_GROWTH_BYTES_MAX, "memory is bounded");
    },
  },
  {
    name: "Weak ICE credentials (W7)",
    async run(scene) {
      const { answer, leave } = await scene.arena.enter();
      const bits = (name: string) => {
        const value = new RegExp(`a=ice-${name}:(\\S+)`).exec(answer)?.[1] ?? "";
        return value.length * 6;
      };
      scene.note(`ufrag ${bits("ufrag")} bits, password ${bits("pwd")} bits`);
      scene.require(bits("ufrag") >= 32 && bits("pwd") >= 128, "at least 32 and 128 random bits");
      await leave();
    },
  },
];
