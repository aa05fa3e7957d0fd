/** Fifteen seconds of consent, in time that the test moves; the sockets are real. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { bindPort } from "../port/bound-port.ts";
import { createDtlsIdentity } from "./dtls/dtls-identity.ts";
import { forwarded } from "./testing/forwarded.ts";
import { ScriptedClient } from "./testing/scripted-client.ts";
import { VoiceTransport } from "./voice-transport.ts";

const SECOND = 1_000;

let close: (() => void)[] = [];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
});
afterEach(() => {
  for (const each of close.splice(0).reverse()) each();
  vi.useRealTimers();
});

/** What was sent until now is read by then: it is on the loopback, and each side has its turn. */
const delivered = () => new Promise<void>((resolve) => setTimeout(resolve, 20));

async function connect() {
  const identity = await createDtlsIdentity();
  const bound = await bindPort({ port: 0, host: "127.0.0.1" });
  const transport = new VoiceTransport({
    identity,
    udp: bound.udp,
    port: bound.port,
    voices: 1,
    connectMsMax: 15 * SECOND,
    onBug: (error) => expect.fail(`${error}`),
  });
  const client = new ScriptedClient({ identity, voices: 1 });
  close = [
    () => bound.tcp.close(),
    () => bound.udp.close(),
    () => void transport.close(),
    () => client.close(),
  ];
  let isLost = false;
  const media = await transport.accept(client.offer, ["127.0.0.1"], {
    onPacket() {},
    onLost() {
      isLost = true;
    },
  });
  await client.accept(media.answer);
  await client.connected;
  let voices = 0;
  let number = 0;
  client.onVoice = () => voices++;
  /** How many of five packets of voice reach the client. */
  const reached = async () => {
    voices = 0;
    for (let n = 0; n < 5; n++) media.outlets[0]?.send(forwarded(++number, Buffer.alloc(9)));
    await delivered();
    return voices;
  };
  await expect.poll(reached).toBe(5);
  return { client, transport, port: bound.port, reached, isLost: () => isLost };
}

/** Lets time go on, step by step, with somebody who acts at each. */
async function pass(ms: number, act: () => void = () => {}): Promise<void> {
  for (let passed = 0; passed < ms; passed += SECOND) {
    act();
    vi.advanceTimersByTime(SECOND);
    await delivered();
  }
}

it("lasts as long as the client checks, and 15 s more", async () => {
  const { client, transport, reached, isLost } = await connect();
  // Its own timer checks each 2.5 s.
  await pass(40 * SECOND);
  expect(await reached()).toBe(5);
  const silence = vi.spyOn(client, "check").mockImplementation(() => Buffer.from([0xff]));
  await pass(12 * SECOND);
  expect([await reached(), isLost()]).toEqual([5, false]);
  await pass(5 * SECOND);
  silence.mockRestore();
  expect([isLost(), transport.peers, transport.endings.consent_lost]).toEqual([true, 0, 1]);
});

it("isn't renewed by voice, nor by checks that somebody without the password makes", async () => {
  const { client, transport, isLost } = await connect();
  const forged = client.check({ password: "somebody else's password" });
  vi.spyOn(client, "check").mockImplementation(() => forged);
  await pass(17 * SECOND, () => client.speak(Buffer.alloc(80)));
  expect([isLost(), transport.endings.consent_lost]).toEqual([true, 1]);
});

it("of one path isn't renewed by checks on another: voice stops there after 15 s, the call goes on", async () => {
  const { client, transport, port, reached, isLost } = await connect();
  const check = client.check();
  // From another port of the client's, where it never answers: the path can't be proved.
  const other = createSocket("udp4").bind(0, "127.0.0.1");
  await once(other, "listening");
  close.push(() => other.close());
  vi.spyOn(client, "check").mockImplementation(() => Buffer.from([0xff]));
  await pass(17 * SECOND, () => other.send(check, port, "127.0.0.1"));
  expect([await reached(), isLost(), transport.peers]).toEqual([0, false, 1]);
});
