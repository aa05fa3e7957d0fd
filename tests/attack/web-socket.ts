/** Attacks on the signalling socket. */

import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { SIGNAL_FRAME_BYTES_MAX, SIGNAL_HELLO_BYTES_MAX } from "@parley/contract/limits";
import { WebSocket, WebSocketServer } from "ws";
import type { Attack } from "./attack.ts";

/** Does something with a socket that has said nothing, or is in a room; it must be closed with a code. */
function closes(
  name: string,
  expected: number,
  act: (scene: Parameters<Attack["run"]>[0]) => Promise<number>,
): Attack {
  return {
    name,
    async run(scene) {
      const startedAtMs = performance.now();
      const close = await act(scene);
      scene.note(`closed with ${close} after ${(performance.now() - startedAtMs).toFixed(0)} ms`);
      scene.require(close === expected, `closed with ${expected}`);
    },
  };
}

export const webSocketAttacks: readonly Attack[] = [
  closes("Silence on a new socket", 4401, async ({ arena }) => (await arena.signal()).closed),
  {
    name: "Foreign Origin",
    async run({ arena, note, require }) {
      const outcome = await arena.signal({ origin: "https://evil.example" }).then(
        () => "opened",
        (error: Error) => error.message,
      );
      note(outcome);
      require(outcome.includes("403"), "403");
    },
  },
  closes("First frame a byte too large", 1009, async ({ arena }) => {
    const signal = await arena.signal();
    signal.send("x".repeat(SIGNAL_HELLO_BYTES_MAX + 1));
    return signal.closed;
  }),
  closes("Later frame of 16 KiB and a byte", 1009, async ({ arena }) => {
    const { signal } = await arena.enter();
    signal.send("x".repeat(SIGNAL_FRAME_BYTES_MAX + 1));
    return signal.closed;
  }),
  closes("Binary frame", 1003, async ({ arena }) => {
    const signal = await arena.signal();
    signal.socket.send(Buffer.from("{}"));
    return signal.closed;
  }),
  closes("Text that isn't UTF-8", 1007, async ({ arena }) => {
    const signal = await arena.signal();
    signal.socket.send(Buffer.from([0xc3, 0x28]), { binary: false });
    return signal.closed;
  }),
  closes("Five unknown messages", 4400, async ({ arena }) => {
    const { signal } = await arena.enter();
    for (let n = 0; n < 5; n++) signal.send({ type: "dance" });
    return signal.closed;
  }),
  closes("Flood of messages", 4408, async ({ arena }) => {
    const { signal } = await arena.enter();
    for (let n = 0; n < 500; n++) signal.send({ type: "ping", id: n });
    return signal.closed;
  }),
  {
    name: "A reader that never reads",
    needsCall: false,
    async run({ note, require }) {
      // In this process, since it takes megabytes of messages that no honest room would bring about soon.
      const { SignalSocket } = await import("@parley/media-node/signal/signal-socket");
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const sockets = new WebSocketServer({ server });
      const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
      const [accepted, request] = (await once(sockets, "connection")) as [WebSocket, IncomingMessage];
      await once(client, "open");
      client.pause();
      let ended = false;
      const events = {
        onMessage: async () => {},
        onClose: () => {
          ended = true;
        },
        onBug: () => {},
      };
      const socket = new SignalSocket(accepted, request.socket, events);
      socket.authenticated();
      let sentBytes = 0;
      const detail = "x".repeat(60_000);
      while (!ended && sentBytes < 100_000_000) {
        socket.send({ type: "error", code: "unavailable", detail });
        sentBytes += detail.length;
        await new Promise((resolve) => setImmediate(resolve));
      }
      note(
        `closed after ${(sentBytes / 1e6).toFixed(1)} MB, ${(accepted.bufferedAmount / 1e6).toFixed(1)} MB kept`,
      );
      require(ended && accepted.bufferedAmount < 2_000_000, "closed with a bounded buffer");
      accepted.terminate();
      client.terminate();
      server.close();
    },
  },
];
