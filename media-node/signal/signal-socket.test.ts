/** What goes out to a client in one turn of the event loop, on a stream whose writes are counted. */
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { Duplex } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { SignalSocket } from "./signal-socket.ts";

const HELD_BYTES_MAX = 8_192;
const KIB = 1_024;

let writes: Buffer[];
let socket: WebSocket;
let signal: SignalSocket;

/** Takes everything at once, as a kernel with room does. */
class CountingStream extends Duplex {
  override _read() {}
  override _write(chunk: Buffer, _encoding: string, done: () => void) {
    writes.push(chunk);
    done();
  }
  override _writev(chunks: { chunk: Buffer }[], done: () => void) {
    writes.push(Buffer.concat(chunks.map(({ chunk }) => chunk)));
    done();
  }
}

beforeEach(async () => {
  writes = [];
  const stream = new CountingStream();
  const request = new IncomingMessage(new Socket());
  request.method = "GET";
  request.headers = {
    upgrade: "websocket",
    connection: "Upgrade",
    "sec-websocket-version": "13",
    "sec-websocket-key": Buffer.alloc(16).toString("base64"),
  };
  socket = await new Promise((resolve) =>
    new WebSocketServer({ noServer: true }).handleUpgrade(request, stream, Buffer.alloc(0), resolve),
  );
  signal = new SignalSocket(socket, stream, { onMessage: async () => {}, onClose() {}, onBug() {} });
  await nextTurn();
  writes = [];
});
afterEach(() => socket.terminate());

it("what one turn brings about leaves as one write when the turn ends", async () => {
  for (let n = 0; n < 50; n++) signal.send({ type: "pong", id: n });
  expect(writes).toHaveLength(0);
  await nextTurn();
  expect(writes).toHaveLength(1);
  expect(String(writes[0]).match(/pong/g)).toHaveLength(50);
});

it("each turn has its own", async () => {
  for (let turn = 1; turn <= 3; turn++) {
    for (let n = 0; n < 5; n++) signal.send({ type: "pong", id: n });
    await nextTurn();
    expect(writes).toHaveLength(turn);
  }
});

it("no more than 8 KiB is held until then, and nothing is left behind", async () => {
  const text = JSON.stringify("x".repeat(KIB));
  for (let n = 0; n < 7; n++) signal.sendText(text);
  expect(writes, "7 KiB wait").toHaveLength(0);
  for (let n = 7; n < 20; n++) {
    signal.sendText(text);
    const sentBytes = writes.reduce((sum, { length }) => sum + length, 0);
    expect((n + 1) * text.length - sentBytes).toBeLessThanOrEqual(HELD_BYTES_MAX);
  }
  await nextTurn();
  expect(writes).toHaveLength(3);
  const sent = Buffer.concat(writes).toString("latin1");
  expect(sent.match(/x{1024}/g)).toHaveLength(20);
});

it("a closing socket's last words don't wait behind what was held", async () => {
  signal.send({ type: "pong", id: 1 });
  signal.fail("slow_reader");
  await nextTurn();
  const sent = Buffer.concat(writes).toString("latin1");
  expect(sent.indexOf("pong")).toBeLessThan(sent.indexOf("slow_reader"));
  expect(sent).toContain("slow_reader");
});
