/** Voice through a whole server: threads, limits, counters. */
import { createDtlsIdentity, type DtlsIdentity } from "@parley/media-node/rtc/dtls/dtls-identity";
import { ScriptedClient } from "@parley/media-node/rtc/testing/scripted-client";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { logIn, request } from "./support/api.ts";
import { startTestServer, type TestServer } from "./support/server.ts";
import { SignalClient } from "./support/signal-client.ts";

let identity: DtlsIdentity;
let server: TestServer;
const people: Person[] = [];

beforeAll(async () => {
  identity = await createDtlsIdentity();
});

afterEach(async () => {
  for (const person of people.splice(0)) person.close();
  await server.stop();
});

interface Person {
  client: ScriptedClient;
  answer: string;
  /** The next payload that they hear. */
  hears(): Promise<string>;
  close(): void;
}

async function enter(username: string, channel: string): Promise<Person> {
  const { token } = await (await logIn(server.origin, username)).join(channel);
  const client = new ScriptedClient({ identity });
  const signal = new SignalClient(server.origin);
  await signal.opened();
  signal.send({ type: "hello", versions: [1], token, offer: client.offer });
  const { answer } = await signal.next("welcome");
  await client.accept(answer, "127.0.0.1");
  await client.connected;
  let heard = Promise.withResolvers<string>();
  client.onVoice = (packet) => {
    heard.resolve(packet.subarray(16).toString());
    heard = Promise.withResolvers();
  };
  const person = {
    client,
    answer,
    hears: () => heard.promise,
    close() {
      client.close();
      signal.socket.terminate();
    },
  };
  people.push(person);
  return person;
}

const portOf = (answer: string) => Number(/^a=candidate:\S+ 1 udp \d+ \S+ (\d+)/m.exec(answer)?.[1]);

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${server.origin}/metrics`)).text();
  const line = text.split("\n").find((each) => each.startsWith(`${name} `) || each.startsWith(`${name}{`));
  return Number(line?.split(" ").at(-1));
}

describe("a server with two media workers", () => {
  it("pins each room to one of them, with a port of its own, and people hear each other there", async () => {
    server = await startTestServer({ MEDIA_WORKERS: "2" });
    const alice = await enter("alice", "Lobby");
    const bob = await enter("bob", "Lobby");
    const charlie = await enter("charlie", "General");
    const demo = await enter("demo", "General");
    expect(portOf(alice.answer)).toBe(portOf(bob.answer));
    expect(portOf(charlie.answer)).toBe(portOf(demo.answer));
    expect(new Set([server.port, portOf(alice.answer), portOf(demo.answer)]).size).toBe(3);
    const heard = [bob.hears(), demo.hears()];
    alice.client.speak(Buffer.from("from alice"));
    charlie.client.speak(Buffer.from("from charlie"));
    expect(await Promise.all(heard)).toEqual(["from alice", "from charlie"]);
    expect(await metric("parley_media_participants")).toBe(4);
    expect(await metric("parley_media_packets_out_total")).toBe(2);
  });
});

describe("the counters of /metrics", () => {
  it("tell joins, packets in and out, rooms, handshakes and the forwarding delay", async () => {
    server = await startTestServer();
    const alice = await enter("alice", "Lobby");
    const bob = await enter("bob", "Lobby");
    const heard = bob.hears();
    alice.client.speak(Buffer.from("one packet"));
    await heard;
    expect(await metric("parley_media_joins_total")).toBe(2);
    expect(await metric("parley_media_rooms")).toBe(1);
    expect(await metric("parley_media_packets_in_total")).toBe(1);
    expect(await metric("parley_media_packets_out_total")).toBe(1);
    expect(await metric("parley_media_handshake_milliseconds_count")).toBe(2);
    await expect.poll(() => metric("parley_media_event_loop_lag_milliseconds_count")).toBeGreaterThan(0);
    expect(await metric("parley_media_forward_delay_milliseconds_count")).toBe(1);
    expect(await metric('parley_media_forward_delay_milliseconds_bucket{le="+Inf"}')).toBe(1);
  });

  it("tell transports that are there and how others ended, how long datagrams wait and how late the main thread is", async () => {
    server = await startTestServer();
    await enter("alice", "Lobby");
    await enter("bob", "Lobby");
    expect(await metric("parley_media_peers")).toBe(2);
    people.pop()?.close();
    await expect.poll(() => metric("parley_media_peers")).toBe(1);
    expect(await metric('parley_media_peers_ended_total{reason="left"}')).toBe(1);
    await expect.poll(() => metric("parley_media_receive_wait_milliseconds_count")).toBeGreaterThan(0);
    expect(await metric("parley_main_thread_lag_milliseconds")).toBeGreaterThanOrEqual(0);
  });
});

describe("a server with one voice for each listener", () => {
  it("lets one be heard at a time, and the next one when they pause", async () => {
    server = await startTestServer({ VOICES_PER_LISTENER: "1" });
    const [alice, bob] = [await enter("alice", "Lobby"), await enter("bob", "Lobby")];
    const demo = await enter("demo", "Lobby");
    const heard = new Set<string>();
    demo.client.onVoice = (packet) => heard.add(packet.subarray(16).toString());
    alice.client.speak(Buffer.from("alice first"));
    await expect.poll(() => heard.has("alice first")).toBe(true);
    bob.client.speak(Buffer.from("bob meanwhile"));
    await expect.poll(() => metric("parley_media_packets_in_total")).toBe(2);
    expect(await metric("parley_media_voices_in_use")).toBe(1);
    await expect.poll(() => metric("parley_media_voices_in_use")).toBe(0);
    bob.client.speak(Buffer.from("bob afterwards"));
    await expect.poll(() => heard.has("bob afterwards")).toBe(true);
    expect(heard.has("bob meanwhile")).toBe(false);
  });
});

describe("a full channel", () => {
  it("answers channel_full to the next one, who has a token", async () => {
    server = await startTestServer();
    const owner = await logIn(server.origin, "demo");
    const lobby = (await owner.channels()).find(({ name }) => name === "Lobby");
    const { organizations } = await request<{ organizations: { id: string }[] }>(
      server.origin,
      "GET",
      "/v1/me/organizations",
      undefined,
      owner.session.accessToken,
    );
    const path = `/v1/orgs/${organizations[0]?.id}/channels/${lobby?.id}`;
    await request(server.origin, "PATCH", path, { userLimit: 1 }, owner.session.accessToken);
    await enter("alice", "Lobby");
    const { token } = await (await logIn(server.origin, "bob")).join("Lobby");
    const refused = new SignalClient(server.origin);
    await refused.opened();
    const { offer } = new ScriptedClient({ identity });
    refused.send({ type: "hello", versions: [1], token, offer });
    expect((await refused.next("error")).code).toBe("channel_full");
    expect(await refused.closed).toBe(4029);
  });
});

describe("the voices in use", () => {
  it("count who speaks, until they pause", async () => {
    server = await startTestServer();
    const [alice] = [
      await enter("alice", "Lobby"),
      await enter("bob", "Lobby"),
      await enter("demo", "General"),
    ];
    expect(await metric("parley_media_voices_in_use")).toBe(0);
    const talk = setInterval(() => alice.client.speak(Buffer.from("on and on")), 20);
    await expect.poll(() => metric("parley_media_voices_in_use")).toBe(1);
    clearInterval(talk);
    await expect.poll(() => metric("parley_media_voices_in_use")).toBe(0);
  });
});

describe("a full server", () => {
  it("answers node_full, and lets the next one in when somebody has left", async () => {
    server = await startTestServer({ PARTICIPANTS_MAX: "1" });
    const alice = await enter("alice", "Lobby");
    const { token } = await (await logIn(server.origin, "bob")).join("Lobby");
    const refused = new SignalClient(server.origin);
    await refused.opened();
    refused.send({ type: "hello", versions: [1], token, offer: alice.client.offer });
    expect((await refused.next("error")).code).toBe("node_full");
    expect(await refused.closed).toBe(4013);
    const watcher = await logIn(server.origin, "demo");
    people.splice(0).forEach((person) => {
      person.close();
    });
    for (let tries = 0; (await watcher.present()).length > 0; tries++) expect(tries).toBeLessThan(1_000);
    await enter("bob", "Lobby");
  });
});
