/** Connections without end, silent or loud: what they take must be taken from them and not from honest people. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { SIGNAL_SOCKETS_WAITING_SHARE_MAX } from "@parley/contract/limits";
import { WebSocket } from "ws";
import type { Attack, Scene } from "./attack.ts";
import { heard, pause } from "./listening.ts";

const SILENT_CONNECTIONS = 2_500;
const AT_ONCE = 50;
const FLOOD_MS = 3_000;

async function openSilent(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const opened = Array.from({ length: AT_ONCE }, () => connect(port, "127.0.0.1").on("error", () => {}));
    await Promise.all(opened.map((socket) => once(socket, "connect")));
    sockets.push(...opened);
  }
  return sockets;
}

/** What an honest person does: opens the page, joins, and talks by ICE-TCP. */
async function honestCall({ arena, note, require }: Scene): Promise<void> {
  const page = await fetch(`${arena.origin}/healthz`).then(
    ({ status }) => status,
    () => 0,
  );
  const room = { ch: "01890000-0000-7000-8000-fffffffffffc" as never };
  const call = await Promise.all([arena.join(room, { protocol: "tcp" }), arena.join(room)]).catch(String);
  const count = typeof call === "string" ? call : `${await heard(call[0], call[1])} of 5`;
  note(`the page answers ${page}, a new call by ICE-TCP hears ${count}`);
  require(page === 200 && count === "5 of 5", "an honest person opens the page, joins and is heard by TCP");
  if (typeof call !== "string") await Promise.all(call.map((member) => member.leave()));
}

/** Writes to the port in a thread of its own, as fast as the server takes it, from as many connections. */
async function pour(port: number, connections: number, hex: string): Promise<void> {
  const source = `
    const { connect } = require("node:net");
    const { workerData: { port, connections, hex } } = require("node:worker_threads");
    const unit = Buffer.from(hex, "hex");
    const block = Buffer.alloc(Math.floor(65_536 / unit.length) * unit.length, unit);
    const open = () => {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => {});
      const pour = () => { while (!socket.destroyed && socket.write(block)); };
      socket.on("connect", pour).on("drain", pour);
      // Whoever is thrown out comes again.
      socket.on("close", () => setImmediate(open));
    };
    for (let n = 0; n < connections; n++) open();`;
  const worker = new Worker(source, { eval: true, workerData: { port, connections, hex } });
  await pause(FLOOD_MS);
  await worker.terminate();
}

const pours = (name: string, reason: string, hex: string): Attack => ({
  name,
  async run({ arena, note, require }) {
    const before = await arena.counter(reason);
    await pour(arena.port, 2, hex);
    const counted = (await arena.counter(reason)) - before;
    note(`${counted} connections closed as ${reason} in ${FLOOD_MS / 1_000} s`);
    require(counted > 0, `each is closed as ${reason}`);
  },
});

export const exhaustionAttacks: readonly Attack[] = [
  {
    name: `${SILENT_CONNECTIONS.toLocaleString("en")} TCP connections of one address that say nothing`,
    async run(scene) {
      const sockets = await openSilent(scene.arena.port, SILENT_CONNECTIONS);
      await honestCall(scene);
      const refused = 'parley_refused_connections_total{reason="tcp_undecided_full"}';
      scene.note(`${await scene.arena.counter(refused)} of them ended to make room`);
      for (const socket of sockets) socket.destroy();
    },
  },
  {
    name: "WebSockets of one address that never say hello",
    async run(scene) {
      const sockets: WebSocket[] = [];
      while (sockets.length < SIGNAL_SOCKETS_WAITING_SHARE_MAX + 100) {
        const opened = Array.from({ length: AT_ONCE }, () => {
          const socket = new WebSocket(`${scene.arena.origin.replace("http", "ws")}/signal`);
          socket.on("error", () => {});
          return socket;
        });
        await Promise.all(
          opened.map((socket) => Promise.race([once(socket, "open"), once(socket, "close")])),
        );
        sockets.push(...opened);
      }
      const open = sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length;
      await honestCall(scene);
      scene.note(`${sockets.length} opened, ${open} still open then`);
      for (const socket of sockets) socket.terminate();
    },
  },
  {
    name: "Garbage on an ICE-TCP connection that carries a call",
    async run({ arena, note, require }) {
      const room = { ch: "01890000-0000-7000-8000-fffffffffffb" as never };
      const [talker, listener] = await Promise.all([arena.join(room, { protocol: "tcp" }), arena.join(room)]);
      for (let n = 0; n < 200; n++) talker.client.send(randomBytes(1 + n * 7));
      const through = await heard(talker, listener);
      const before = await arena.counter("frame_malformed");
      talker.client.send(randomBytes(4_000));
      const after = await heard(talker, listener, 5, 300);
      const counted = (await arena.counter("frame_malformed")) - before;
      note(`${through} of 5 heard after 200 random frames, ${after} of 5 after a frame of 4,000 bytes`);
      require(through === 5, "a packet that is none costs nothing but itself");
      require(after === 0 && counted === 1, "a frame that no packet needs ends the connection");
      await Promise.all([talker.leave(), listener.leave()]);
    },
  },
  pours("Zeros over TCP at full speed", "frame_malformed", "00"),
  pours("Frames of one byte over TCP at full speed", "frame_malformed", "000101"),
  pours(
    "Frames of STUN's size and of nothing in them, over TCP at full speed",
    "frame_flood",
    `0014${"00".repeat(20)}`,
  ),
];
