/** `npm run faults:embedded`: kill -9 of a process that writes to the embedded database, 25 times; nothing acknowledged may be lost. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { UserId } from "@parley/contract/ids";
import { openDatabase } from "@parley/db/client";
import * as AuditLog from "@parley/db/queries/audit-log";
import * as Users from "@parley/db/queries/users";
import { withSystem } from "@parley/db/scope";
import { scratchDirectory } from "@parley/db/testing/scratch";
import { createRandom } from "./random.ts";

const ROUNDS = 25;
const ACKNOWLEDGED_MAX = 400;

const random = createRandom();
const scratch = await scratchDirectory();
const acknowledged: UserId[] = [];
for (let round = 1; round <= ROUNDS; round++) {
  const before = acknowledged.length;
  await killAfter(1 + Math.floor(random() * ACKNOWLEDGED_MAX));
  process.stdout.write(
    `kill ${round} of ${ROUNDS}: ${acknowledged.length - before} acknowledged before it\n`,
  );
}

const database = await openDatabase(`pglite://${scratch.path}`);
let lost = 0;
let broken = 0;
for (const id of acknowledged) {
  await withSystem(database, async (tx) => {
    if ((await Users.find(tx, id)) === undefined) lost++;
    const chain = await AuditLog.verify(tx, id);
    if (chain.length !== 1 || chain.brokenAt !== null) broken++;
  });
}
await database.close();
await scratch.remove();
process.stdout.write(
  `kills ${ROUNDS}, acknowledged ${acknowledged.length}, lost ${lost}, audit chains broken ${broken}\n`,
);
process.exitCode = lost + broken > 0 ? 1 : 0;

/** Kills the writer once it has acknowledged so many, in the middle of the next ones. */
async function killAfter(count: number): Promise<void> {
  const writer: ChildProcess = spawn(
    process.execPath,
    [join(import.meta.dirname, "embedded-writer.ts"), scratch.path],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const exited = once(writer, "exit");
  if (!writer.stdout) throw new Error("no output to read");
  let seen = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    // What it printed before it died counts, also what is read after the kill.
    if (/^[0-9a-f-]{36}$/.test(line)) acknowledged.push(line as UserId);
    if (++seen === count) writer.kill("SIGKILL");
  }
  const [code, signal] = await exited;
  if (signal !== "SIGKILL") throw new Error(`the writer ended by itself with code ${code}`);
}
