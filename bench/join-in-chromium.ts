/** `npm run bench:join-in-chromium`: from the click on a channel in real Chromium to the first audible packet. */
import { ensurePage } from "@parley/standalone/page";
import { ensureChromium } from "@parley/tests/support/chromium";
import { openPerson } from "@parley/tests/support/person";
import { scratchDirectory } from "@parley/tests/support/scratch";
import { startServerProcess } from "@parley/tests/support/server-process";
import { percentile } from "./percentile.ts";
import { report } from "./report.ts";

const JOINS = 20;
const TALKER_HZ = 1_000;
const progress = (text: string) => process.stderr.write(`${text}\n`);

ensureChromium(progress);
await ensurePage(progress);
const scratch = await scratchDirectory();
const server = await startServerProcess({ DATA_DIR: scratch.path, JOINS_PER_MINUTE: "1000" });
const talker = await openPerson({ origin: server.origin, name: "alice", toneHz: TALKER_HZ });
const joiner = await openPerson({ origin: server.origin, name: "bob", toneHz: 440 });
const joinMs: number[] = [];
try {
  await talker.logIn();
  await talker.joinChannel("Lobby");
  await joiner.logIn();
  for (let n = 1; n <= JOINS; n++) {
    const clickedAtMs = await joiner.press("treeitem", /^Lobby/);
    joinMs.push((await joiner.hears(TALKER_HZ)) - clickedAtMs);
    progress(`join ${n} of ${JOINS}: ${Math.round(joinMs.at(-1) ?? 0)} ms`);
    await joiner.press("button", /^Leave/);
    await joiner.stopsHearing(TALKER_HZ);
  }
} finally {
  await talker.close();
  await joiner.close();
  await server.end("SIGTERM");
  await scratch.remove();
}
report("Join in Chromium, click → first audible packet", {
  joins: joinMs.length,
  joinMsP50: percentile(joinMs, 0.5),
  joinMsP99: percentile(joinMs, 0.99),
});
