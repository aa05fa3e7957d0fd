/**
 * The whole chain of overload: a thread's tick measures, the shedder decides, every room gives up voices, listeners
 * get less, and /metrics tells. Thread, rooms, sockets and clients are the real ones; only the network is told to
 * take nothing for a while.
 */
import {
  channelIdSchema,
  organizationIdSchema,
  type ParticipantId,
  userIdSchema,
} from "@parley/contract/ids";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createNodeMetrics } from "../node-metrics.ts";
import { type BoundPort, bindPort } from "../port/bound-port.ts";
import { createDtlsIdentity, type DtlsIdentity } from "../rtc/dtls/dtls-identity.ts";
import { STANDING_BYTES_MAX } from "../rtc/send-queue.ts";
import { ScriptedClient } from "../rtc/testing/scripted-client.ts";
import type { LocalThread } from "./local-thread.ts";
import { openLocalThread } from "./testing/open-local-thread.ts";

const ROOMS = [1, 2];
/** Of each room; −dBov. The priority speaker is the least loud of all, too low even to count as speech. */
const TALKERS = [
  { name: "priority", level: 55 },
  { name: "loud", level: 15 },
  { name: "middle", level: 25 },
  { name: "quiet", level: 35 },
];
const FRAME_MS = 20;
/** So long nobody is heard of whom nothing has come. */
const HEARD_MS = 250;
/** Eight talkers go to four others each, fifty times a second: more than all of the time, and for one of each room two fifths. */
const SLOW_SEND_MS = 1;
const LATE_MS = 60;
const uuid = (n: number) => `019b0000-0000-7000-8000-${String(n).padStart(12, "0")}`;

let port: BoundPort;
let identity: DtlsIdentity;
let thread: LocalThread;
let clients: ScriptedClient[];
let talking: NodeJS.Timeout;
/** When each room's listener got a packet of somebody's last, by room and name. */
let heardAtMs: Map<string, number>;

beforeEach(async () => {
  port = await bindPort({ port: 0, host: "127.0.0.1" });
  identity = await createDtlsIdentity();
  thread = openLocalThread(port, identity);
  clients = [];
  heardAtMs = new Map();
  const talkers: (() => void)[] = [];
  for (const room of ROOMS) {
    const listener = await enter(room, undefined);
    listener.onVoice = (packet) => {
      const name = packet.subarray(16).toString();
      if (TALKERS.some((talker) => talker.name === name)) heardAtMs.set(`${room} ${name}`, performance.now());
    };
    for (const { name, level } of TALKERS) {
      const client = await enter(room, name);
      talkers.push(() => client.speak(Buffer.from(name), level));
    }
  }
  talking = setInterval(() => {
    for (const speak of talkers) speak();
  }, FRAME_MS);
});

afterEach(async () => {
  clearInterval(talking);
  for (const client of clients) client.close();
  await thread.close();
  port.tcp.close();
  port.udp.close();
});

it("a thread under strain lets every room's listeners hear fewer, the least loud first, never without a priority speaker; it tells so, and recovers", async () => {
  await everyRoomHears("priority", "loud", "middle", "quiet");
  expect(await metric("parley_media_shed_packets_total")).toBe(0);

  // A quarter of the queue is strain, and half of it still lets every packet through.
  const taken = vi.spyOn(port.udp, "getSendQueueSize").mockReturnValue(STANDING_BYTES_MAX / 2);
  await everyRoomHears("priority");
  for (const room of ROOMS) {
    const leaving = [...heardAtMs]
      .filter(([key]) => key.startsWith(`${room} `))
      .sort(([, a], [, b]) => a - b);
    expect(leaving.map(([key]) => key)).toEqual(
      ["quiet", "middle", "loud", "priority"].map((name) => `${room} ${name}`),
    );
  }
  expect(await metric("parley_media_shed_voices")).toBeGreaterThan(0);
  const shed = await metric("parley_media_shed_packets_total");
  expect(shed).toBeGreaterThan(0);
  expect(await metric("parley_media_dropped_packets_total", 'reason="room_shed"')).toBeGreaterThanOrEqual(
    shed,
  );

  taken.mockRestore();
  await everyRoomHears("priority", "loud", "middle", "quiet");
  await vi.waitFor(async () => expect(await metric("parley_media_shed_voices")).toBe(0), 10_000);
});

it("so does one that forwards most of the time while all that arrives has waited", async () => {
  await everyRoomHears("priority", "loud", "middle", "quiet");
  const { emit, send } = port.udp;
  const slow = vi.spyOn(port.udp, "send").mockImplementation((...args: unknown[]) => {
    for (const endMs = performance.now() + SLOW_SEND_MS; performance.now() < endMs; );
    Reflect.apply(send, port.udp, args);
  });
  const late = vi.spyOn(port.udp, "emit").mockImplementation((...args: unknown[]) => {
    setTimeout(() => Reflect.apply(emit, port.udp, args), LATE_MS);
    return true;
  });
  await everyRoomHears("priority");
  for (const each of [slow, late]) each.mockRestore();
  await everyRoomHears("priority", "loud", "middle", "quiet");
});

/** Waits until each room's listener hears these and nobody else. */
async function everyRoomHears(...names: string[]): Promise<void> {
  const wanted = ROOMS.flatMap((room) => names.map((name) => `${room} ${name}`)).sort();
  await vi.waitFor(
    () => {
      const sinceMs = performance.now() - HEARD_MS;
      const heard = [...heardAtMs].filter(([, atMs]) => atMs > sinceMs).map(([key]) => key);
      expect(heard.sort()).toEqual(wanted);
    },
    { timeout: 10_000, interval: FRAME_MS },
  );
}

async function metric(name: string, labels?: string): Promise<number> {
  const text = await createNodeMetrics(() => thread.counts()).registry.metrics();
  const start = labels ? `${name}{${labels}} ` : `${name} `;
  const line = text.split("\n").find((each) => each.startsWith(start));
  return Number(line?.slice(start.length));
}

/** Whoever has no name only listens. */
async function enter(room: number, name: string | undefined): Promise<ScriptedClient> {
  const stay = clients.length;
  const client = new ScriptedClient({ identity });
  clients.push(client);
  const { answer } = await thread.accept(stay, client.offer, ["127.0.0.1"]);
  await client.accept(answer);
  await client.connected;
  thread.enter(stay, {
    organizationId: organizationIdSchema.parse(uuid(0)),
    channelId: channelIdSchema.parse(uuid(room)),
    participant: {
      id: `${stay + 1}` as ParticipantId,
      userId: userIdSchema.parse(uuid(stay + 10)),
      name: name ?? "",
      muted: false,
    },
    canSpeak: name !== undefined,
    isPriority: name === "priority",
  });
  return client;
}
