import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SignalSocket } from "./signal-socket.ts";

const PING_MS = 5_000;
const welcome = {
  type: "welcome",
  version: 1,
  answer: "v=0",
  you: "1",
  permissions: "7",
  participants: [],
  voices: 8,
  pingIntervalMs: PING_MS,
};

/** The network's end of a socket. */
class FakeWebSocket {
  static last: FakeWebSocket;
  readyState = 0;
  readonly sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor() {
    FakeWebSocket.last = this;
  }
  open() {
    this.readyState = 1;
    this.onopen?.();
  }
  send(data: string) {
    this.sent.push(JSON.parse(data));
  }
  close() {
    this.readyState = 2;
  }
  say(message: unknown) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  drop(code: number) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

function connect() {
  const onMessage = vi.fn();
  const onLost = vi.fn();
  const socket = new SignalSocket({
    url: "ws://localhost/signal",
    WebSocket: FakeWebSocket as unknown as typeof WebSocket,
    onMessage,
    onLost,
  });
  const greeting = socket.hello({ token: "t", offer: "o", muted: false });
  const network = FakeWebSocket.last;
  network.open();
  return { socket, network, greeting, onMessage, onLost };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("hello goes out when the socket opens, and welcome answers it", async () => {
  const { network, greeting } = connect();
  expect(network.sent).toEqual([{ type: "hello", versions: [1], token: "t", offer: "o", muted: false }]);
  network.say(welcome);
  await expect(greeting).resolves.toMatchObject({ you: "1" });
});

test("an error instead of the welcome rejects with its code, and is no lost connection", async () => {
  const { network, greeting, onLost } = connect();
  network.say({ type: "error", code: "channel_full", detail: "" });
  network.drop(4029);
  await expect(greeting).rejects.toMatchObject({ code: "channel_full" });
  expect(onLost).not.toHaveBeenCalled();
});

test("a socket that closes before the welcome rejects with connection_lost", async () => {
  const { network, greeting } = connect();
  network.drop(1006);
  await expect(greeting).rejects.toMatchObject({ code: "connection_lost" });
});

test("messages of unknown type are passed over", () => {
  const { network, onMessage, onLost } = connect();
  network.say(welcome);
  network.say({ type: "from-the-future" });
  network.say({ type: "speaking", id: "1", speaking: true });
  expect(onMessage.mock.calls).toEqual([[{ type: "speaking", id: "1", speaking: true }]]);
  expect(onLost).not.toHaveBeenCalled();
});

test("a silent node is given up after three intervals, one that answers is not", () => {
  const { network, onLost } = connect();
  network.say(welcome);
  for (let round = 1; round <= 10; round += 1) {
    vi.advanceTimersByTime(PING_MS);
    expect(network.sent.at(-1)).toEqual({ type: "ping", id: round });
    network.say({ type: "pong", id: round });
  }
  vi.advanceTimersByTime(3 * PING_MS);
  expect(onLost).not.toHaveBeenCalled();
  vi.advanceTimersByTime(PING_MS);
  expect(onLost).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "connection_lost" }));
});

test("a close that an error explained is lost with that error, another with connection_lost", () => {
  const explained = connect();
  explained.network.say(welcome);
  explained.network.say({ type: "error", code: "replaced", detail: "" });
  explained.network.drop(4409);
  expect(explained.onLost).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "replaced" }));

  const unrelated = connect();
  unrelated.network.say(welcome);
  unrelated.network.say({ type: "error", code: "message_unknown", detail: "" });
  unrelated.network.drop(1006);
  expect(unrelated.onLost).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ code: "connection_lost" }),
  );
});

test("after close() nothing is sent or reported, and closing twice is fine", () => {
  const { socket, network, onLost, onMessage } = connect();
  network.say(welcome);
  socket.close();
  socket.close();
  const sent = network.sent.length;
  socket.send({ type: "mute", muted: true });
  network.say({ type: "speaking", id: "1", speaking: true });
  network.drop(1000);
  vi.advanceTimersByTime(10 * PING_MS);
  expect([network.sent.length, onLost.mock.calls.length, onMessage.mock.calls.length]).toEqual([sent, 0, 0]);
});
