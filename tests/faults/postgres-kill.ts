/** `npm run faults:postgres`: Postgres killed at 100 random moments under eight writers; audit rows = changes, each acknowledged one is there, none is there twice. */
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@parley/contract/errors";
import { openDatabase } from "@parley/db/client";
import { migrate } from "@parley/db/migrate";
import * as AuditLog from "@parley/db/queries/audit-log";
import * as Organizations from "@parley/db/queries/organizations";
import { rowsOf } from "@parley/db/rows";
import { withOrg } from "@parley/db/scope";
import { startPostgres } from "@parley/db/testing/postgres-server";
import { makeTenant } from "@parley/db/testing/tenant";
import { sql } from "drizzle-orm";
import { createRandom } from "./random.ts";

const KILLS = 100;
const WRITERS = 8;
const ALIVE_MS_MAX = 1_500;

const random = createRandom();
const server = await startPostgres();
const database = await openDatabase(server.url("parley_faults"));
await migrate(database);
const { orgId } = await makeTenant(database);

let acknowledged = 0;
let unavailable = 0;
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

async function write(): Promise<void> {
  while (!stopping) {
    try {
      await change();
      acknowledged++;
    } catch (error) {
      // The caller hears 503 and may look; anything else is a defect.
      if (error instanceof AppError && error.code === "unavailable") unavailable++;
      else failures.push(error);
    }
  }
}

const writers = Array.from({ length: WRITERS }, write);
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
    chain: await AuditLog.verify(tx, orgId),
    rows: counted?.rows ?? 0,
  };
});
await database.close();
await server.stop();

const lost = Math.max(0, acknowledged - changes);
const isWhole =
  rows === changes && chain.brokenAt === null && lost === 0 && changes - acknowledged <= unavailable;
process.stdout.write(
  `kills ${KILLS}, changes ${changes}, audit rows ${rows}, chain ${chain.brokenAt === null ? "whole" : `broken at ${chain.brokenAt}`}, acknowledged ${acknowledged}, lost ${lost}, answered unavailable ${unavailable}\n`,
);
process.exitCode = isWhole ? 0 : 1;
