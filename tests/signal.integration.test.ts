/** The signalling socket of a running server: who gets in, who is told why not, and that the rest goes on. */

import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { SIGNAL_FRAME_BYTES_MAX, SIGNAL_HELLO_BYTES_MAX } from "@parley/contract/limits";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { logIn } from "./support/api.ts";
import { silentOffer } from "./support/offer.ts";
import { startTestServer, type TestServer } from "./support/server.ts";
import { SignalClient } from "./support/signal-client.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function connect(): Promise<SignalClient> {
  const client = new SignalClient(server.origin);
  await client.opened();
  return client;
}

async function enter(username: string, channel = "Lobby") {
  const user = await logIn(server.origin, username);
  const { token } = await user.join(channel);
  const client = await connect();
  client.send({ type: "hello", versions: [1], token, offer: silentOffer(8) });
  return { user, client, token, welcome: await client.next("welcome") };
}

describe("joining a room", () => {
  it("answers hello with the version, the answer, the voices and who is there", async () => {
    const { client, welcome } = await enter("alice");
    expect(welcome).toMatchObject({ version: 1, voices: 8 });
    expect(welcome.participants.map((participant) => participant.name)).toEqual(["alice"]);
    expect(welcome.answer).toContain("a=ice-lite");
    client.socket.terminate();
    await client.closed;
  });

  it("tells the others of a join, a mute, a leave and a cut socket", async () => {
    const alice = await enter("alice", "General");
    const bob = await enter("bob", "General");
    expect((await alice.client.next("participant-joined")).participant.name).toBe("bob");
    bob.client.send({ type: "mute", muted: true });
    expect((await alice.client.next("participant-updated")).participant.muted).toBe(true);
    bob.client.send({ type: "leave" });
    expect((await alice.client.next("participant-left")).id).toBe(bob.welcome.you);
    expect(await bob.client.closed).toBe(1000);

    const charlie = await enter("charlie", "General");
    charlie.client.socket.terminate();
    expect((await alice.client.next("participant-left")).id).toBe(charlie.welcome.you);
    // The control plane hears of a rush together, a moment later.
    const present = async () => (await alice.user.present()).map((person) => person.name);
    await expect.poll(present).toEqual(["alice"]);
    alice.client.socket.terminate();
    await alice.client.closed;
  });

  it("answers a ping", async () => {
    const { client } = await enter("alice");
    client.send({ type: "ping", id: 7 });
    expect(await client.next("pong")).toEqual({ type: "pong", id: 7 });
    client.socket.terminate();
  });
});

describe("a bad hello is refused with a code", () => {
  const refused = async (hello: unknown) => {
    const client = await connect();
    client.send(hello);
    return { code: (await client.next("error")).code, close: await client.closed };
  };
  const offer = silentOffer(1);

  it("a reused join token", async () => {
    const { client, token } = await enter("alice");
    expect(await refused({ type: "hello", versions: [1], token, offer })).toEqual({
      code: "token_used",
      close: 4401,
    });
    client.socket.terminate();
  });

  it("an access token in place of a join token", async () => {
    const { session } = await logIn(server.origin, "alice");
    const hello = { type: "hello", versions: [1], token: session.accessToken, offer };
    expect(await refused(hello)).toEqual({ code: "token_invalid", close: 4401 });
  });

  it("no common version", async () => {
    const { token } = await (await logIn(server.origin, "alice")).join("Lobby");
    expect(await refused({ type: "hello", versions: [99], token, offer })).toEqual({
      code: "version_unsupported",
      close: 4426,
    });
  });

  it("an offer without audio, and one that is no SDP", async () => {
    const user = await logIn(server.origin, "bob");
    const withoutAudio = silentOffer(0).replace("m=audio", "m=video");
    const first = {
      type: "hello",
      versions: [1],
      token: (await user.join("Lobby")).token,
      offer: withoutAudio,
    };
    expect(await refused(first)).toEqual({ code: "sdp_without_audio", close: 4422 });
    const second = { type: "hello", versions: [1], token: (await user.join("Lobby")).token, offer: "hi" };
    expect(await refused(second)).toEqual({ code: "sdp_invalid", close: 4422 });
  });

  it("anything else first", async () => {
    expect(await refused({ type: "mute", muted: true })).toEqual({ code: "message_invalid", close: 4400 });
    expect(await refused("{")).toEqual({ code: "malformed_json", close: 4400 });
    expect(await refused({ type: "hello", versions: [1] })).toEqual({ code: "message_invalid", close: 4400 });
  });
});

describe("stopping", () => {
  it("isn't held up by a client that was refused and never closes", async () => {
    const own = await startTestServer();
    const port = Number(new URL(own.origin).port);
    const socket = connectTcp({ host: "localhost", port, allowHalfOpen: true });
    let answer = "";
    socket.on("data", (data) => {
      answer += data;
    });
    socket.write("GET /signal HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\n");
    socket.write("Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    await once(socket, "end");
    expect(answer).toContain('"code":"origin_forbidden"');
    await own.stop();
    socket.destroy();
  });

  it("tells everyone why, and ends though a client never answers", async () => {
    const own = await startTestServer();
    const { token } = await (await logIn(own.origin, "alice")).join("Lobby");
    const client = new SignalClient(own.origin);
    await client.opened();
    client.send({ type: "hello", versions: [1], token, offer: silentOffer(1) });
    await client.next("welcome");
    const mute = connectTcp({ host: "localhost", port: Number(new URL(own.origin).port) });
    await once(mute, "connect");
    mute.write("POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
    mute.on("error", () => {});
    const stopped = own.stop();
    expect((await client.next("error")).code).toBe("shutting_down");
    expect(await client.closed).toBe(1001);
    await stopped;
  });
});

describe("the socket bounds what it takes", () => {
  it("closes one that never authenticates, after 5 s", async () => {
    const client = await connect();
    expect((await client.next("error")).code).toBe("authentication_timeout");
    expect(await client.closed).toBe(4401);
  });

  it("a foreign origin gets 403, another path 404", async () => {
    const foreign = new SignalClient(server.origin, { origin: "https://evil.example" });
    await expect(foreign.opened()).rejects.toThrow("403");
    const elsewhere = new WebSocket(`${server.origin.replace("http", "ws")}/other`);
    await expect(new Promise((_, reject) => elsewhere.once("error", reject))).rejects.toThrow("404");
  });

  it("binary closes 1003, an oversized first frame 1009, bad UTF-8 1007", async () => {
    const binary = await connect();
    binary.socket.send(Buffer.from("{}"));
    expect(await binary.closed).toBe(1003);
    const large = await connect();
    large.send("x".repeat(SIGNAL_HELLO_BYTES_MAX + 1));
    expect(await large.closed).toBe(1009);
    const garbled = await connect();
    garbled.socket.send(Buffer.from([0xc3, 0x28]), { binary: false });
    expect(await garbled.closed).toBe(1007);
  });

  it("inside a call: an unknown message is told, the fifth closes; others stay", async () => {
    const alice = await enter("alice", "Team Alpha");
    const bob = await enter("bob", "Team Alpha");
    for (let n = 0; n < 4; n++) {
      bob.client.send({ type: "dance" });
      expect((await bob.client.next("error")).code).toBe("message_unknown");
    }
    bob.client.send({ type: "dance" });
    expect(await bob.client.closed).toBe(4400);
    alice.client.send({ type: "ping", id: 1 });
    expect((await alice.client.next("pong")).id).toBe(1);
    alice.client.socket.terminate();
  });

  it("inside a call: a frame over 16 KiB closes 1009, a flood 4408", async () => {
    const large = await enter("alice");
    large.client.send(JSON.stringify({ type: "mute", muted: true, pad: "x".repeat(SIGNAL_FRAME_BYTES_MAX) }));
    expect(await large.client.closed).toBe(1009);
    const flood = await enter("bob");
    for (let n = 0; n < 300; n++) flood.client.send({ type: "ping", id: n });
    expect(await flood.client.closed).toBe(4408);
  });
});
