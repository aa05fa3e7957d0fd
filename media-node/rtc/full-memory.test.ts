/** What happens when the kernel's memory is full. It stays full here, so the tests have a file of their own. */
import { AppError } from "@parley/contract/errors";
import { PEERS_PER_NODE_MAX, VOICES_PER_LISTENER } from "@parley/contract/limits";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type BoundPort, bindPort } from "../port/bound-port.ts";
import { createDtlsIdentity } from "./dtls/dtls-identity.ts";
import { KEYSTREAM_BYTES, SESSION_BYTES } from "./srtp/memory-layout.ts";
import { allocate, findSpace, kernelBytes, release } from "./srtp/srtp-kernel.ts";
import { forwarded } from "./testing/forwarded.ts";
import { ScriptedClient } from "./testing/scripted-client.ts";
import { VoiceTransport } from "./voice-transport.ts";

const identity = await createDtlsIdentity();
const clients: ScriptedClient[] = [];
const bugs: unknown[] = [];
let bound: BoundPort;
let transport: VoiceTransport;

beforeAll(async () => {
  bound = await bindPort({ port: 0, host: "127.0.0.1" });
  transport = new VoiceTransport({
    identity,
    udp: bound.udp,
    port: bound.port,
    voices: VOICES_PER_LISTENER,
    connectMsMax: 15_000,
    onBug: (error) => bugs.push(error),
  });
});

afterAll(async () => {
  for (const client of clients) client.close();
  await transport.close();
  bound.tcp.close();
  bound.udp.close();
});

async function offer() {
  const client = new ScriptedClient({ identity });
  clients.push(client);
  let heard = Promise.withResolvers<void>();
  const media = await transport.accept(client.offer, ["127.0.0.1"], {
    onPacket() {
      heard.resolve();
      heard = Promise.withResolvers();
    },
    onLost: () => {},
  });
  return { client, media, heard: () => heard.promise };
}

async function talk({ client, media, heard }: Awaited<ReturnType<typeof offer>>, sequenceNumber: number) {
  const voice = new Promise((resolve) => {
    client.onVoice = resolve;
  });
  const arrived = heard();
  client.speak(Buffer.from("hello"));
  media.outlets[0]?.send(forwarded(sequenceNumber, Buffer.from("hello")));
  await Promise.all([arrived, voice]);
}

/** Takes all that is left, in large pieces first. */
function fill(take: (bytes: number) => number | undefined): void {
  for (const bytes of [1_048_576, KEYSTREAM_BYTES, SESSION_BYTES]) while (take(bytes) !== undefined);
}

it("the memory holds the keys and voices of as many peers as a node may have", () => {
  const peerBytes = SESSION_BYTES + (VOICES_PER_LISTENER + 1) * KEYSTREAM_BYTES;
  expect(kernelBytes.length).toBeGreaterThan(PEERS_PER_NODE_MAX * peerBytes);
});

it("without space to prepare ahead people still join, speak and hear", async () => {
  fill(findSpace);
  const call = await offer();
  await call.client.accept(call.media.answer);
  await call.client.connected;
  await talk(call, 1);
  expect(bugs).toEqual([]);
});

it("without space for keys a join is refused as full; who was answered before gets in, and calls go on", async () => {
  const before = await offer();
  await before.client.accept(before.media.answer);
  await before.client.connected;
  const answered = await offer();
  const forClient = allocate(SESSION_BYTES);
  fill((bytes) => {
    try {
      return allocate(bytes);
    } catch {
      return undefined;
    }
  });
  const refusal = await offer().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(AppError);
  expect((refusal as AppError).code).toBe("node_full");
  // Their client shares this memory; the node has nothing more to take.
  release(forClient, SESSION_BYTES);
  await answered.client.accept(answered.media.answer);
  await answered.client.connected;
  await talk(before, 1);
  await talk(answered, 1);
  expect(bugs).toEqual([]);
});
