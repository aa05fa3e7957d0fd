/** Each way to the node, with real Chromium: UDP, TCP, IPv6, TLS, and a NAT that forgets. */
import { ensurePage } from "@parley/standalone/page";
import { ensureSelfSigned } from "@parley/standalone/self-signed";
import { afterEach, beforeAll, expect, it } from "vitest";
import { openPerson, type Person, type Replacement } from "../support/person.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { startTestServer } from "../support/server.ts";
import { UdpRelay } from "../support/udp-relay.ts";

const ALICE_HZ = 440;
const BOB_HZ = 1_000;
const cleanUps: (() => Promise<void> | void)[] = [];

beforeAll(() => ensurePage(() => {}));
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function serve(settings: Record<string, string> = {}) {
  const server = await startTestServer(settings);
  cleanUps.push(() => server.stop());
  return server;
}

async function inLobby(
  origin: string,
  name: string,
  toneHz: number,
  answer: Replacement[] = [],
): Promise<Person> {
  const person = await openPerson({ origin, name, toneHz, answer });
  cleanUps.push(() => person.close());
  await person.logIn();
  await person.joinChannel("Lobby");
  return person;
}

async function hearEachOther(alice: Person, bob: Person): Promise<void> {
  await alice.hears(BOB_HZ);
  await bob.hears(ALICE_HZ);
}

it("by UDP, sealed with AES-GCM", async () => {
  const { origin } = await serve();
  const alice = await inLobby(origin, "alice", ALICE_HZ);
  const bob = await inLobby(origin, "bob", BOB_HZ);
  await hearEachOther(alice, bob);
  expect(await alice.transport()).toMatchObject({
    protocol: "udp",
    srtpCipher: "SRTP_AEAD_AES_128_GCM",
    dtlsCipher: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  });
});

it("by TCP on the same port where no UDP address can be had", async () => {
  const { origin } = await serve();
  const withoutUdp = [{ pattern: "^a=candidate:\\S+ 1 udp .*\\r\\n", replacement: "" }];
  const alice = await inLobby(origin, "alice", ALICE_HZ, withoutUdp);
  const bob = await inLobby(origin, "bob", BOB_HZ);
  await hearEachOther(alice, bob);
  expect((await alice.transport()).protocol).toBe("tcp");
  expect((await bob.transport()).protocol).toBe("udp");
});

it("over IPv6", async () => {
  const { origin } = await serve({ HOST: "::1" });
  const alice = await inLobby(origin, "alice", ALICE_HZ);
  const bob = await inLobby(origin, "bob", BOB_HZ);
  await hearEachOther(alice, bob);
  expect((await alice.transport()).address).toBe("::1");
});

it("over https and wss with a certificate", async () => {
  const scratch = await scratchDirectory();
  cleanUps.push(scratch.remove);
  const { certFile, keyFile } = await ensureSelfSigned(scratch.path, undefined);
  const { origin } = await serve({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile });
  const alice = await inLobby(origin, "alice", ALICE_HZ);
  const bob = await inLobby(origin, "bob", BOB_HZ);
  await hearEachOther(alice, bob);
  expect(alice.page.url()).toMatch(/^https:/);
});

it("goes on when the client's UDP source port changes", async () => {
  const { origin, port } = await serve();
  const relay = await UdpRelay.open(port);
  cleanUps.push(() => relay.close());
  const throughRelay = [
    { pattern: `^(a=candidate:\\S+ 1 udp \\d+ \\S+) ${port} typ`, replacement: `$1 ${relay.port} typ` },
    { pattern: "^a=candidate:\\S+ 1 tcp .*\\r\\n", replacement: "" },
  ];
  const alice = await inLobby(origin, "alice", ALICE_HZ, throughRelay);
  const bob = await inLobby(origin, "bob", BOB_HZ);
  await hearEachOther(alice, bob);
  const { protocol } = await alice.transport();
  expect(protocol).toBe("udp");
  relay.forget();
  // Far more than checks need: voice comes to the new ports. By then nobody could still hear the old ones' last
  // words, which a player stretches for a second at the most.
  await relay.answers(200);
  await bob.hears(ALICE_HZ);
  await alice.hears(BOB_HZ);
  expect(await alice.negotiations()).toBe(1);
});
