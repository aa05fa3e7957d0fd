/** `npm run screenshot`: the README's picture, of two people who really hear each other. */
import { resolve } from "node:path";
import { ensurePage } from "@parley/standalone/page";
import { ensureChromium } from "./support/chromium.ts";
import { openPerson } from "./support/person.ts";
import { startTestServer } from "./support/server.ts";

const say = (text: string) => process.stdout.write(`${text}\n`);
const path = resolve(import.meta.dirname, "../docs/two-people.png");

ensureChromium(say);
await ensurePage(say);
const server = await startTestServer();
const alice = await openPerson({ origin: server.origin, name: "alice", toneHz: 440 });
const bob = await openPerson({ origin: server.origin, name: "bob", toneHz: 1_000 });
for (const person of [alice, bob]) {
  await person.logIn();
  await person.joinChannel("Lobby");
}
await alice.hears(1_000);
await bob.hears(440);
await alice.page.locator('[data-participant="bob"][data-speaking="true"]').first().waitFor();
await alice.page.screenshot({ path });
say(`Wrote ${path}`);
await Promise.all([alice.close(), bob.close()]);
await server.stop();
