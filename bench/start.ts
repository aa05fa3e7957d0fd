/** `npm run bench:start`: start-up time, and the server's memory idle and with ten people who hear each other. */
import { setTimeout as sleep } from "node:timers/promises";
import { ensurePage } from "@parley/standalone/page";
import { ensureChromium } from "@parley/tests/support/chromium";
import { openPerson, type Person } from "@parley/tests/support/person";
import { scratchDirectory } from "@parley/tests/support/scratch";
import { startServerProcess } from "@parley/tests/support/server-process";
import { percentile } from "./percentile.ts";
import { report } from "./report.ts";

const STARTS = 5;
const PARTICIPANTS = 10;
const SETTLE_MS = 5_000;
const TONE_HZ = 440;
const progress = (text: string) => process.stderr.write(`${text}\n`);

ensureChromium(progress);
await ensurePage(progress);

const startMs: number[] = [];
for (let n = 0; n < STARTS; n++) {
  const scratch = await scratchDirectory();
  const server = await startServerProcess({ DATA_DIR: scratch.path });
  startMs.push(server.startMs);
  await server.end("SIGTERM");
  await scratch.remove();
}

const scratch = await scratchDirectory();
const server = await startServerProcess({ DATA_DIR: scratch.path, JOINS_PER_MINUTE: "100" });
const browser = await openPerson({ origin: server.origin, name: "alice", toneHz: TONE_HZ });
try {
  await sleep(SETTLE_MS);
  const rssIdleBytes = await server.rssBytes();
  await browser.logIn();
  await joinTimes(browser, PARTICIPANTS);
  await sleep(SETTLE_MS);
  report("Start-up and memory", {
    startMsP50: percentile(startMs, 0.5),
    rssIdleBytes,
    participants: PARTICIPANTS,
    rssWithParticipantsBytes: await server.rssBytes(),
  });
} finally {
  await browser.close();
  await server.end("SIGTERM");
  await scratch.remove();
}

/** One page can hold many clients: each has its own connection, microphone track and voices. */
async function joinTimes(person: Person, count: number): Promise<void> {
  const inside = await person.page.evaluate(async (clients) => {
    type Client = import("@parley/sdk/voice-client").VoiceClient;
    const first = (globalThis as unknown as { parley: Client }).parley;
    const [organization] = await first.organizations();
    const channels = organization ? await first.channels(organization.id) : [];
    const lobby = channels.find((channel) => channel.name === "Lobby");
    if (!organization || !lobby) throw new Error("the demo organisation is not there");
    const Constructor = first.constructor as new (options: { session: Client["session"] }) => Client;
    for (let n = 0; n < clients; n++) {
      const client = new Constructor({ session: first.session });
      await client.join({ organizationId: organization.id, channelId: lobby.id });
    }
    return (await first.presence(organization.id)).length;
  }, count);
  if (inside !== count) throw new Error(`${inside} of ${count} are in the channel`);
}
