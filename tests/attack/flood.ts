/** Many at once: strangers during honest people's joins, and connections that say nothing. */
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { contentType, writeRecord } from "@parley/media-node/rtc/dtls/dtls-record";
import { handshakeType, writeHandshake } from "@parley/media-node/rtc/dtls/handshake-message";
import { writeClientHello } from "@parley/media-node/rtc/testing/dtls-client";
import type { Attack } from "./attack.ts";
import { pause } from "./listening.ts";
import { Stranger } from "./stranger.ts";

const HANDSHAKES = 200;
const SPRAYED_PER_SECOND = 1_000;
/** Who was held up makes good for it little by little: a lump would be another attack. */
const SPRAYED_AT_ONCE_MAX = 20;
/** Few, so that what holds the loop is the spray and not the honest joins. */
const AT_ONCE = 4;

export const floodAttacks: readonly Attack[] = [
  {
    name: `ClientHellos at 1,000/s from another address during ${HANDSHAKES} handshakes`,
    needsCall: false,
    async run({ arena, note, require }) {
      const stranger = await Stranger.open(arena.port);
      let sprayed = 0;
      const startedAtMs = performance.now();
      const elapsedMs = () => performance.now() - startedAtMs;
      const spray = setInterval(() => {
        const due = (elapsedMs() * SPRAYED_PER_SECOND) / 1_000 - sprayed;
        for (let n = 0; n < Math.min(due, SPRAYED_AT_ONCE_MAX); n++, sprayed++) {
          const body = writeClientHello(randomBytes(32), Buffer.alloc(0));
          const fragment = writeHandshake({ type: handshakeType.clientHello, messageSequence: 0, body });
          const type = contentType.handshake;
          stranger.send(writeRecord({ type, version: 0xfefd, epoch: 0, sequenceNumber: 0, fragment }));
        }
      }, 10);
      const room = { ch: "01890000-0000-7000-8000-fffffffffffd" as never };
      let connected = 0;
      for (let begun = 0; begun < HANDSHAKES; begun += AT_ONCE) {
        const members = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => arena.join(room)));
        for (const member of members) {
          if (member.status === "rejected") continue;
          connected++;
          await member.value.leave();
        }
      }
      clearInterval(spray);
      const perSecond = Math.round((sprayed * 1_000) / elapsedMs());
      stranger.close();
      note(
        `${connected} of ${HANDSHAKES} connected, ${sprayed} sprayed, ${perSecond} a second, ` +
          `${stranger.repliedBytes} bytes back`,
      );
      require(perSecond >= 0.95 * SPRAYED_PER_SECOND, "the spray is as dense as it says");
      require(connected === HANDSHAKES && stranger.repliedBytes === 0, "all connect, nothing comes back");
    },
  },
  {
    name: "TCP connections that say nothing, garbage, or a frame without a check",
    async run({ arena, note, require }) {
      const sockets: Socket[] = [];
      const closed = (bytes: Buffer | undefined) =>
        new Promise<number>((resolve) => {
          const startedAtMs = performance.now();
          const socket = connect(arena.port, "127.0.0.1", () => {
            if (bytes) socket.write(bytes);
          });
          sockets.push(socket);
          let replied = 0;
          socket.on("data", (data) => {
            replied += data.length;
          });
          socket.on("error", () => {});
          socket.on("close", () => resolve(replied > 0 ? Number.NaN : performance.now() - startedAtMs));
        });
      const frame = Buffer.concat([Buffer.from([0, 60]), Buffer.alloc(60, 1)]);
      const never = pause(15_000).then(() => [Number.NaN]);
      const all = Promise.all([
        closed(undefined),
        closed(Buffer.alloc(64, 0xff)),
        closed(frame),
        closed(Buffer.from([3, 0xff])),
      ]);
      const times = await Promise.race([all, never]);
      for (const socket of sockets) socket.destroy();
      note(`closed after ${times.map((ms) => (ms / 1_000).toFixed(1)).join(", ")} s without a byte back`);
      require(times.every((ms) => ms < 12_000), "each is closed in 12 s, silently");
    },
  },
];
