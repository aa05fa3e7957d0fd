/**
 * `npm run faults:postgres`: Postgres killed at 100 random moments under eight writers and four who log in; audit rows =
 * changes, sessions = audit rows of log-ins, each acknowledged one is there, none is there twice.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@parley/contract/errors";
import type { SessionId } from "@parley/contract/ids";
import { openDatabase } from "@parley/db/client";
import { newSessionId } from "@parley/db/ids";
import { migrate } from "@parley/db/migrate";
import * as AuditLog from "@parley/db/queries/audit-log";
import * as LogIns from "@parley/db/queries/log-ins";
import * as Organizations from "@parley/db/queries/organizations";
import * as Sessions from "@parley/db/queries/sessions";
import * as Users from "@parley/db/queries/users";
import { rowsOf } from "@parley/db/rows";
import { pipelineOfSystem, withOrg, withSystem } from "@parley/db/scope";
import { startPostgres } from "@parley/db/testing/postgres-server";
import { makeTenant } from "@parley/db/testing/tenant";
import { sql } from "drizzle-orm";
import { createRandom } from "./random.ts";

const KILLS = 100;
const WRITERS = 8;
const LOGGERS_IN = 4;
const ALIVE_MS_MAX = 1_500;
/** Chains longer than what a request reads. */
const WHOLE = { limit: 10_000_000 };

const random = createRandom();
const server = await startPostgres();
const database = await openDatabase(server.url("parley_faults"));
await migrate(database);
const { orgId, memberId } = await makeTenant(database);
const member = await withSystem(database, (tx) => Users.find(tx, memberId));

let acknowledged = 0;
let unavailable = 0;
const opened = new Set<SessionId>();
let stopping = false;
const failures: unknown[] = [];

/** One change and its audit row in one transaction; the count in the settings is the number of changes. */
const change = () =>
  withOrg(database, orgId, async (tx) => {
    await tx.execute(
      sql`update organizations set settings = jsonb_build_object('changes', coalesce((settings->>'changes')::int, 0) + 1) where id = ${orgId}`,
    );
    await AuditLog.append(tx, orgId, { at: new Date(), action: "organization.update" });
  });

/** Session and audit row as one transaction in one message. */
async function logIn(): Promise<void> {
  if (!member) throw new Error("the member is gone");
  const id = newSessionId();
  const now = new Date();
  await LogIns.open((statements) => pipelineOfSystem(database, statements), {
    session: { id, tokenHash: randomBytes(32), expiresAt: new Date(now.getTime() + 3_600_000) },
    account: { user: member, totp: null },
    now,
    userAgent: undefined,
    ip: undefined,
    keep: 20,
    audit: { action: "session.log_in", requestId: "faults", personal: {} },
  });
  opened.add(id);
}

async function repeat(work: () => Promise<void>): Promise<void> {
  while (!stopping) {
    try {
      await work();
    } catch (error) {
      // The caller hears 503 and may look; anything else is a defect.
      if (error instanceof AppError && error.code === "unavailable") unavailable++;
      else failures.push(error);
    }
  }
}

const write = async () => {
  await change();
  acknowledged++;
};
const writers = [
  ...Array.from({ length: WRITERS }, () => repeat(write)),
  ...Array.from({ length: LOGGERS_IN }, () => repeat(logIn)),
];
for (let kill = 1; kill <= KILLS; kill++) {
  await sleep(random() * ALIVE_MS_MAX);
  await server.kill();
  await server.start();
  if (kill % 10 === 0)
    process.stdout.write(`kill ${kill} of ${KILLS}: ${acknowledged} changes acknowledged\n`);
}
stopping = true;
await Promise.all(writers);

const { changes, chain, rows } = await withOrg(database, orgId, async (tx) => {
  const organization = await Organizations.find(tx, orgId);
  const [counted] = await rowsOf<{ rows: number }>(
    tx,
    sql`select count(*)::int as rows from audit_log where chain_id = ${orgId}`,
  );
  return {
    changes: Number(organization?.settings.changes),
    chain: await AuditLog.verify(tx, orgId, WHOLE),
    rows: counted?.rows ?? 0,
  };
});
const logIns = await withSystem(database, async (tx) => {
  const kept = new Set((await Sessions.listAll(tx, memberId)).map(({ id }) => id));
  const audited = await AuditLog.listConcerning(tx, memberId, 1_000_000);
  return {
    sessions: kept.size,
    rows: audited.filter(({ action }) => action === "session.log_in").length,
    lost: [...opened].filter((id) => !kept.has(id)).length,
    chain: await AuditLog.verify(tx, memberId, WHOLE),
  };
});
await database.close();
await server.stop();

const lost = Math.max(0, acknowledged - changes);
for (const failure of failures.slice(0, 3)) process.stdout.write(`unexpected: ${failure}\n`);
const isWhole =
  failures.length === 0 &&
  rows === changes &&
  chain.brokenAt === null &&
  lost === 0 &&
  logIns.rows === logIns.sessions &&
  logIns.chain.brokenAt === null &&
  logIns.lost === 0 &&
  changes - acknowledged + logIns.sessions - opened.size <= unavailable;
const wordOf = ({ brokenAt }: AuditLog.ChainState) => (brokenAt === null ? "whole" : `broken at ${brokenAt}`);
process.stdout.write(
  `kills ${KILLS}, changes ${changes}, audit rows ${rows}, chain ${wordOf(chain)}, acknowledged ${acknowledged}, lost ${lost}; log-ins ${logIns.sessions}, audit rows ${logIns.rows}, chain ${wordOf(logIns.chain)}, acknowledged ${opened.size}, lost ${logIns.lost}; answered unavailable ${unavailable}\n`,
);
process.exitCode = isWhole ? 0 : 1;
