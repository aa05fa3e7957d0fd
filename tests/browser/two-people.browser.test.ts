/** People at real browsers hear each other: measured in the spectrum of what arrives, not in packets. */
import { ensurePage } from "@parley/standalone/page";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { inBothSchemes, seriousFindings } from "../support/axe.ts";
import { openPerson, type Person } from "../support/person.ts";
import { startTestServer, type TestServer } from "../support/server.ts";

const ALICE_HZ = 440;
const BOB_HZ = 1_000;
const CHARLIE_HZ = 2_000;

let server: TestServer;
const people: Person[] = [];

beforeAll(async () => {
  await ensurePage(() => {});
  server = await startTestServer();
});
afterEach(async () => {
  await Promise.all(people.splice(0).map((person) => person.close()));
});
afterAll(() => server.stop());

async function inChannel(name: string, toneHz: number, channel = "Lobby"): Promise<Person> {
  const person = await openPerson({ origin: server.origin, name, toneHz });
  people.push(person);
  await person.logIn();
  await person.joinChannel(channel);
  return person;
}

describe("two people in a channel", () => {
  it("hear each other; mute silences within 300 ms; leaving stops it; a third joins without renegotiation", async () => {
    const alice = await inChannel("alice", ALICE_HZ);
    const bob = await inChannel("bob", BOB_HZ);
    await alice.hears(BOB_HZ);
    await bob.hears(ALICE_HZ);
    await alice.stopsHearing(ALICE_HZ);

    const ring = alice.page.locator('[data-participant="bob"][data-speaking="true"]');
    await ring.first().waitFor();

    const silent = alice.stopsHearing(BOB_HZ);
    const mutedAtMs = await bob.press("button", /^Mute/);
    expect((await silent) - mutedAtMs).toBeLessThan(300);
    await alice.page.locator('[data-participant="bob"][data-muted="true"]').first().waitFor();
    for (const { page } of [alice, bob])
      await inBothSchemes(page, async (scheme) => expect(await seriousFindings(page), scheme).toEqual([]));
    await bob.page.getByRole("button", { name: "Unmute" }).click();
    await alice.hears(BOB_HZ);

    const charlie = await inChannel("charlie", CHARLIE_HZ);
    await alice.hears(CHARLIE_HZ);
    await bob.hears(CHARLIE_HZ);
    await charlie.hears(ALICE_HZ);
    expect(await alice.negotiations()).toBe(1);
    expect(await bob.negotiations()).toBe(1);

    await bob.page.getByRole("button", { name: "Leave" }).click();
    await alice.stopsHearing(BOB_HZ);
    await alice.hears(CHARLIE_HZ);
  });

  it("in another channel hear nothing", async () => {
    const alice = await inChannel("alice", ALICE_HZ);
    const bob = await inChannel("bob", BOB_HZ, "General");
    const charlie = await inChannel("charlie", CHARLIE_HZ);
    await alice.hears(CHARLIE_HZ);
    await charlie.hears(ALICE_HZ);
    await alice.stopsHearing(BOB_HZ);
    await bob.stopsHearing(ALICE_HZ);
  });
});

describe("what goes wrong is said in words", () => {
  it("a wrong password", async () => {
    const person = await openPerson({ origin: server.origin, name: "bob", toneHz: BOB_HZ });
    people.push(person);
    await person.page.getByLabel(/user name/i).fill("bob");
    await person.page.getByLabel(/password/i).fill("not it");
    await person.page.locator("form").getByRole("button", { name: "Log in" }).click();
    await person.page
      .getByRole("alert")
      .getByText(/wrong user name or password/i)
      .waitFor();
  });

  it("a microphone that the browser withholds", async () => {
    const person = await openPerson({
      origin: server.origin,
      name: "bob",
      toneHz: BOB_HZ,
      microphone: "denied",
    });
    people.push(person);
    await person.logIn();
    await person.page.getByRole("treeitem", { name: /^Lobby/ }).click();
    await person.page
      .getByRole("alert")
      .getByText(/microphone/i)
      .waitFor();
    await person.page.getByRole("button", { name: /only listen/i }).click();
    await person.page.getByText("Listening only").waitFor();
  });

  it("a server that is gone", async () => {
    const own = await startTestServer();
    const person = await openPerson({ origin: own.origin, name: "alice", toneHz: ALICE_HZ });
    people.push(person);
    await person.logIn();
    await person.joinChannel("Lobby");
    await own.stop();
    await person.page.getByRole("alert").first().waitFor();
  });
});
