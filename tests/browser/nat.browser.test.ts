/** A node behind a router that forwards one port number, with nothing configured: Docker, or a home. */
import { ensurePage } from "@parley/standalone/page";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createNatNetwork, type NatNetwork, PUBLIC } from "../support/nat-network.ts";
import { openPerson, type Person } from "../support/person.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { startServerProcess } from "../support/server-process.ts";

const PORT = 3000;
const ALICE_HZ = 440;
const BOB_HZ = 1_000;
const cleanUps: (() => unknown)[] = [];
let network: NatNetwork;

beforeEach(async () => {
  await ensurePage(() => {});
  const scratch = await scratchDirectory();
  cleanUps.push(scratch.remove);
  network = createNatNetwork(PORT);
  cleanUps.push(() => network.remove());
  const settings = { DATA_DIR: scratch.path, PORT: String(PORT), HOST: "" };
  const server = await startServerProcess(settings, { namespace: network.inside });
  cleanUps.push(() => server.end("SIGKILL"));
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function outside(name: string, toneHz: number): Promise<Person> {
  const origin = `http://${PUBLIC}:${PORT}`;
  const person = await openPerson({ origin, name, toneHz, namespace: network.outside });
  cleanUps.push(() => person.close());
  await person.logIn();
  await person.joinChannel("Lobby");
  return person;
}

it("people outside hear each other by the address that they opened the page with", async () => {
  const alice = await outside("alice", ALICE_HZ);
  const bob = await outside("bob", BOB_HZ);
  await alice.hears(BOB_HZ);
  await bob.hears(ALICE_HZ);
  expect(await alice.transport()).toMatchObject({ protocol: "udp", address: PUBLIC });
});

it("they do so by TCP when a firewall drops all UDP", async () => {
  network.blockUdp();
  const alice = await outside("alice", ALICE_HZ);
  const bob = await outside("bob", BOB_HZ);
  await alice.hears(BOB_HZ);
  await bob.hears(ALICE_HZ);
  expect(await alice.transport()).toMatchObject({ protocol: "tcp", address: PUBLIC });
});
