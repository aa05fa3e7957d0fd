/** Attacks with media packets: forged, replayed, malformed, or honest ones of somebody without the right. */
import { randomBytes } from "node:crypto";
import { VOICES_PER_LISTENER } from "@parley/contract/limits";
import { packetKind } from "@parley/media-node/rtc/packet-kind";
import type { VoiceMember } from "../support/voice-member.ts";
import type { Attack, Scene } from "./attack.ts";
import { caughtUp, heard, pause, sound } from "./listening.ts";
import { Stranger } from "./stranger.ts";

/** Long enough for whoever never pauses to be tired (`Loudness`). */
const SHOUT_MS = 10_000;
/** Far fewer than any kernel's buffer holds. */
const IN_STEP_PACKETS = 50;

/** How many packets reach the listener while something is done. */
export async function forwarded(
  scene: Scene,
  act: () => Promise<void> | void,
  waitMs = 150,
): Promise<number> {
  let count = 0;
  scene.listener.client.onVoice = () => count++;
  await act();
  await pause(waitMs);
  scene.listener.client.onVoice = () => {};
  return count;
}

export async function dropped(scene: Scene, reasons: readonly string[], act: () => Promise<void> | void) {
  const total = async () => {
    const counts = await Promise.all(reasons.map((reason) => scene.arena.counter(reason)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const before = await total();
  await act();
  return (await total()) - before;
}

/** Packets of the victim's own address that the node must drop for a reason, and forward nothing of. */
function refused(name: string, reasons: readonly string[], packets: (scene: Scene) => Buffer[]): Attack {
  return {
    name,
    async run(scene) {
      const sent = packets(scene);
      let through = 0;
      const counted = await dropped(scene, reasons, async () => {
        through = await forwarded(scene, async () => {
          for (const [index, packet] of sent.entries()) {
            scene.victim.client.send(packet);
            if (index % IN_STEP_PACKETS === IN_STEP_PACKETS - 1) await caughtUp(scene.listener);
          }
          await caughtUp(scene.listener);
        });
      });
      scene.note(`${sent.length} sent, ${through} forwarded, ${counted} counted`);
      scene.require(through === 0, "nothing is forwarded");
      scene.require(counted >= sent.length, "each is counted");
    },
  };
}

/** An honest packet, changed before it is sealed: authentic, and still not to be believed. */
const bent = (scene: Scene, bend: (plain: Buffer) => Buffer | undefined): Buffer => {
  const plain = scene.victim.client.rtp(sound(0));
  return scene.victim.client.sealRtp(bend(plain) ?? plain);
};

/** A sealed packet, changed afterwards. */
const forged = (scene: Scene, forge: (sealed: Buffer) => Buffer | undefined): Buffer => {
  const sealed = Buffer.from(scene.victim.client.seal(sound(0)));
  return forge(sealed) ?? sealed;
};

const rtcp = (...parts: string[]): Buffer => Buffer.from(parts.join(""), "hex");

/** Shortly before the numbers wrap. */
const LAST_BEFORE_GAP = 65_401;

export const rtpAttacks: readonly Attack[] = [
  refused("RTP whose header extension claims 65,535 words (W1)", ["rtp_malformed"], () =>
    Array.from({ length: 20 }, () => {
      const packet = Buffer.alloc(60, 0x10);
      packet[0] = 0x90;
      packet[1] = 111;
      packet.writeUInt32BE(0xbedeffff, 12);
      return packet;
    }),
  ),
  {
    name: "RTP from another address (W7)",
    async run(scene) {
      const stranger = await Stranger.open(scene.arena.port);
      const packets = Array.from({ length: 50 }, () => Buffer.from(scene.victim.client.seal(sound(0))));
      const through = await forwarded(scene, () => stranger.sendAll(packets));
      const reached = await heard(scene.listener, scene.victim);
      stranger.close();
      scene.note(`50 authentic ones sent, ${through} forwarded, ${stranger.repliedBytes} bytes back`);
      scene.require(through === 0 && stranger.repliedBytes === 0, "nothing is forwarded or answered");
      scene.require(reached === 5, "the client's address stays its own");
    },
  },
  {
    name: "Captured SRTP played again (W6)",
    async run(scene) {
      const packets = Array.from({ length: 50 }, (_, n) => Buffer.from(scene.victim.client.seal(sound(n))));
      const sendAll = () => {
        for (const packet of packets) scene.victim.client.send(packet);
      };
      const first = await forwarded(scene, sendAll);
      let again = 0;
      const counted = await dropped(scene, ["srtp_replayed"], async () => {
        again = await forwarded(scene, sendAll);
      });
      scene.note(`50 sent twice: ${first} forwarded, then ${again}; ${counted} counted as replayed`);
      scene.require(first === 50 && again === 0 && counted === 50, "each is taken once");
    },
  },
  {
    name: "Captured SRTP played again from another address that the client has proved",
    async run(scene) {
      const { client } = scene.victim;
      const packets = Array.from({ length: 50 }, (_, n) => Buffer.from(client.seal(sound(n))));
      const sendAll = () => {
        for (const packet of packets) client.send(packet);
      };
      const first = await forwarded(scene, sendAll);
      await client.rebind();
      const proved = await heard(scene.victim, scene.listener);
      let again = 0;
      const counted = await dropped(scene, ["srtp_replayed"], async () => {
        again = await forwarded(scene, sendAll);
      });
      scene.note(
        `50 sent: ${first} forwarded; from the other address ${again}, ${counted} counted as replayed`,
      );
      scene.require(first === 50 && proved > 0, "both addresses are the client's");
      scene.require(again === 0 && counted === 50, "each is taken once");
    },
  },
  {
    name: "Captured SRTCP played again (W6)",
    async run(scene) {
      const report = scene.victim.client.sealRtcp(rtcp("80c90001", "00000001"));
      const counted = await dropped(scene, ["srtp_replayed"], async () => {
        for (let n = 0; n < 20; n++) scene.victim.client.send(report);
        await pause(100);
      });
      scene.note(`20 sent, ${counted} counted as replayed`);
      scene.require(counted === 19, "each is taken once");
    },
  },
  {
    name: "250 packets lost across the sequence wrap (W6)",
    async run(scene) {
      const { client } = scene.victim;
      const skipTo = (to: number) => client.skip((to - client.rtp(sound(0)).readUInt16BE(2)) & 0xffff);
      skipTo(LAST_BEFORE_GAP - 1);
      await forwarded(scene, () => client.speak(sound(0)));
      skipTo((LAST_BEFORE_GAP + 250) & 0xffff);
      const through = await heard(scene.victim, scene.listener);
      scene.note(`${through} of 5 packets after the gap heard`);
      scene.require(through === 5, "the index follows the wrap");
    },
  },
  refused("10,000 packets with a wrong tag", ["srtp_unauthentic", "rate_limited"], (scene) => {
    const sealed = scene.victim.client.seal(sound(0));
    return Array.from({ length: 10_000 }, (_, n) => {
      const packet = Buffer.from(sealed);
      packet.writeUInt16BE((sealed.readUInt16BE(2) + 1 + (n % 1_000)) & 0xffff, 2);
      randomBytes(16).copy(packet, packet.length - 16);
      return packet;
    });
  }),
  refused("1,000 foreign SSRCs, authentic and not", ["rtp_foreign_ssrc"], (scene) =>
    Array.from({ length: 1_000 }, (_, n) => {
      const change = (packet: Buffer) =>
        void packet.writeUInt32BE((scene.victim.client.ssrc ^ (n + 1)) >>> 0, 8);
      return n < 20 ? bent(scene, change) : forged(scene, change);
    }),
  ),
  refused("RTP shorter than its header", ["rtp_malformed", "rtcp_malformed"], (scene) =>
    Array.from({ length: 11 }, (_, length) => forged(scene, (packet) => packet.subarray(0, length + 1))),
  ),
  refused("RTP of versions 0, 1 and 3", ["kind_unknown", "stun_malformed", "dtls_malformed"], (scene) =>
    [0x10, 0x50, 0xd0].map((first) =>
      forged(scene, (packet) => {
        packet[0] = first;
        return packet;
      }),
    ),
  ),
  refused("RTP with more CSRCs than bytes", ["rtp_malformed"], (scene) => [
    forged(scene, (packet) => {
      packet[0] = 0x8f;
      return packet.subarray(0, 40);
    }),
  ]),
  refused("RTP with more padding than payload", ["rtp_malformed"], (scene) =>
    [0, 200, 255].map((padding) =>
      bent(scene, (plain) => {
        plain[0] = 0xb0;
        plain[plain.length - 1] = padding;
        return plain;
      }),
    ),
  ),
  refused("RTP of an unknown payload type", ["rtp_payload_type"], (scene) =>
    [0, 8, 63, 110, 127].map((type) =>
      bent(scene, (plain) => {
        plain[1] = type;
        return plain;
      }),
    ),
  ),
  refused("Sequence number that jumps by 40,000", ["srtp_unauthentic", "srtp_replayed"], (scene) => [
    forged(scene, (packet) => {
      packet.writeUInt16BE((packet.readUInt16BE(2) + 40_000) & 0xffff, 2);
      return packet;
    }),
  ]),
  refused("Packets of more than 1,500 bytes", ["too_large"], () =>
    [1_501, 9_000, 60_000].map((length) => {
      const packet = Buffer.alloc(length, 0x55);
      packet[0] = 0x80;
      packet[1] = 111;
      return packet;
    }),
  ),
  refused("Empty datagrams and first bytes that no protocol has", ["kind_unknown", "empty"], () => [
    Buffer.alloc(0),
    ...[4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 64, 100, 127, 192, 255].map((first) =>
      Buffer.alloc(60, first),
    ),
  ]),
  refused(
    "RTCP whose part runs past its end, has another version or is padded inside",
    ["rtcp_malformed", "kind_unknown"],
    (scene) =>
      [
        rtcp("80c90010", "00000001"),
        rtcp("40c90001", "00000001", "80c90001", "00000001"),
        rtcp("a0c90001", "00000004", "80c90001", "00000001"),
        rtcp("80c90001", "00000001", "80ca"),
      ].map((plain) => scene.victim.client.sealRtcp(plain)),
  ),
  {
    name: "Foreign BYE, SDES with bad UTF-8",
    async run({ victim, listener, note, require }) {
      const [voice = ""] = listener.answer.match(/(?<=^a=ssrc:)\d+/m) ?? [];
      const leaving = [0x12345678, listener.client.ssrc, Number(voice)].map((ssrc) =>
        rtcp("80c90001", "00000001", "81cb0001", ssrc.toString(16).padStart(8, "0")),
      );
      const named = rtcp("80c90001", "00000001", "81ca0003", "00000001", "0104c328", "ff000000");
      const sent = [...leaving, named];
      for (const plain of sent) victim.client.send(victim.client.sealRtcp(plain));
      await caughtUp(listener);
      const [there, back] = [await heard(victim, listener), await heard(listener, victim)];
      note(`${sent.length} sent, ${there} and ${back} of 5 packets of the two directions heard`);
      require(voice !== "" && there === 5 && back === 5, "nobody is silenced");
    },
  },
  {
    name: "NACK storm",
    async run(scene) {
      const room = { ch: "01890000-0000-7000-8000-fffffffffffc" as never };
      const talker = await scene.arena.join(room);
      const { client, leave } = await scene.arena.join(room, { nack: true });
      const received: Buffer[] = [];
      client.onDatagram = (datagram) => {
        if (packetKind(datagram) === "rtp") received.push(datagram);
      };
      await heard(talker, { client } as VoiceMember, 1);
      const [packet = Buffer.alloc(12)] = received;
      const nack = rtcp("80c90001", "00000001", "81cd0003", "00000001", "00000000", "00000000");
      packet.copy(nack, 16, 8, 12);
      packet.copy(nack, 20, 2, 4);
      for (let n = 0; n < 2_000; n++) {
        client.send(client.sealRtcp(nack));
        if (n % 100 === 99) await pause(5);
      }
      await pause(200);
      const again = received.filter((other) => other.equals(packet)).length - 1;
      scene.note(`asked 2,000 times for a packet, got it ${again} times`);
      scene.require(again >= 1 && again <= 2, "it is repeated once or twice");
      await Promise.all([talker.leave(), leave()]);
    },
  },
  {
    name: "As many as there are voices claim 0 dBov without a pause",
    needsCall: false,
    async run({ arena, note, require }) {
      const room = { ch: "01890000-0000-7000-8000-fffffffffffb" as never };
      const join = () => arena.join(room);
      const liars = await Promise.all(Array.from({ length: VOICES_PER_LISTENER }, join));
      const shout = setInterval(() => {
        for (const liar of liars) liar.client.speak(sound(0), 0);
      }, 20);
      const [honest, listener] = await Promise.all([join(), join()]);
      await pause(SHOUT_MS);
      const through = await heard(honest, listener, 25);
      clearInterval(shout);
      note(`after ${SHOUT_MS / 1_000} s somebody at −20 dBov speaks: ${through} of 25 packets heard`);
      require(through >= 20, "whoever hasn't spoken for long is heard");
      await Promise.all([...liars, honest, listener].map((member) => member.leave()));
    },
  },
  {
    name: "A muted member goes on sending",
    async run(scene) {
      scene.victim.signal.send({ type: "mute", muted: true });
      scene.victim.signal.send({ type: "ping", id: 1 });
      await scene.victim.signal.next("pong");
      await pause(50);
      const through = await forwarded(scene, async () => {
        for (let n = 0; n < 50; n++) {
          scene.victim.client.speak(sound(n), 0);
          await pause(2);
        }
      });
      scene.note(`50 sent at 0 dBov, ${through} forwarded`);
      scene.require(through === 0, "nothing is forwarded");
      scene.victim.signal.send({ type: "mute", muted: false });
      scene.victim.signal.send({ type: "ping", id: 2 });
      await scene.victim.signal.next("pong");
    },
  },
];
