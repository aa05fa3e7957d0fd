/** What the data layer costs beside the bare driver: the same SQL through both, on a million accounts. */
import type { NodeId, SessionId } from "@parley/contract/ids";
import { type Database, openDatabase, type Transaction } from "@parley/db/client";
import { migrate } from "@parley/db/migrate";
import * as ChannelAcl from "@parley/db/queries/channel-acl";
import * as Channels from "@parley/db/queries/channels";
import * as LogIns from "@parley/db/queries/log-ins";
import * as Memberships from "@parley/db/queries/memberships";
import * as Sessions from "@parley/db/queries/sessions";
import * as Users from "@parley/db/queries/users";
import * as VoiceRooms from "@parley/db/queries/voice-rooms";
import { read } from "@parley/db/reading";
import { rowsOf } from "@parley/db/rows";
import { readAcross, readOrg, withOrg, withSystem } from "@parley/db/scope";
import { StatementRecorder, undone } from "@parley/db/testing/explain";
import { startPostgres } from "@parley/db/testing/postgres-server";
import { queryCatalogue } from "@parley/db/testing/query-catalogue";
import { sql } from "drizzle-orm";
import { makeMillion, million } from "./million.ts";
import { BarePool, recordMessages } from "./replay.ts";
import { type Compared, compare } from "./turns.ts";

const POOL_MAX = 8;
const NODE = { id: "node-a" as NodeId, bootEpoch: 1 };

interface Operation {
  run(database: Database): Promise<unknown>;
  /** Makes the replay's insert one of its own. */
  fresh?: (value: unknown) => unknown;
}

export interface DataResult {
  operations: Record<string, Compared>;
  /** Statements of the catalogue that read a large table from end to end, with that table. */
  sequentialScans: string[];
  statementsExplained: number;
}

export async function measureData(progress: (text: string) => void): Promise<DataResult> {
  const server = await startPostgres();
  const url = server.url("parley_bench");
  const recorder = new StatementRecorder();
  const recording = await openDatabase(url, { poolMax: 1, ...recorder.options });
  const database = await openDatabase(url, { poolMax: POOL_MAX });
  const bare = new BarePool(url, POOL_MAX);
  try {
    await migrate(database);
    await makeMillion(database, progress);
    const plans = await explainAll(recording, recorder, progress);
    const compared: Record<string, Compared> = {};
    for (const [name, { run, fresh }] of Object.entries(operations())) {
      progress(`measuring ${name} …`);
      const messages = await recordMessages(recording, recorder, run);
      compared[name] = await compare(
        () => run(database),
        () => bare.replay(name, messages, fresh),
      );
    }
    return { operations: compared, ...plans };
  } finally {
    await bare.close();
    await database.close();
    await recording.close();
    await server.stop();
  }
}

function operations(): Record<string, Operation> {
  const { orgId, memberId, childId } = million.tree;
  let next = 0;
  const pick = () => million.username(1 + ((next++ * 7919) % 1_000_000));
  const now = new Date();
  return {
    channelTree: {
      run: (database) =>
        readOrg(
          database,
          orgId,
          Memberships.active({ orgId, userId: memberId }),
          Channels.all({ orgId }),
          ChannelAcl.ofMember({ orgId, userId: memberId }),
        ),
    },
    loginLookup: {
      run: (database) => LogIns.find((reading) => readAcross(database, reading), pick()),
      fresh: () => pick(),
    },
    sessionLookup: {
      run: (database) => readAcross(database, Sessions.active({ id: SESSION, now })),
    },
    registerInsert: {
      run: (database) =>
        withSystem(database, (tx) =>
          Users.create(tx, { username: `fresh${next++}`, passwordHash: "$argon2id$…", now }),
        ),
      fresh: (value) =>
        typeof value !== "string"
          ? value
          : value.startsWith("fresh")
            ? `fresh${next++}`
            : /^[0-9a-f-]{36}$/.test(value)
              ? crypto.randomUUID()
              : value,
    },
    joinTransaction: {
      run: (database) =>
        withOrg(database, orgId, async (tx) => {
          const [, , , , [seen]] = await read(
            tx,
            Memberships.active({ orgId, userId: memberId }),
            Channels.wayTo({ orgId, id: childId }),
            ChannelAcl.ofMemberOnWay({ orgId, userId: memberId, id: childId }),
            Channels.one({ orgId, id: childId }),
            VoiceRooms.lease({ orgId, channelId: childId }),
          );
          await VoiceRooms.place(tx, { orgId, channelId: childId, node: NODE, seen, now });
        }),
    },
  };
}

const SESSION = "01900006-0000-7000-8000-000000000001" as SessionId;

/** Every query of the data layer, planned for the biggest organisation. */
async function explainAll(
  database: Database,
  recorder: StatementRecorder,
  progress: (text: string) => void,
): Promise<Omit<DataResult, "operations">> {
  progress("explaining every query …");
  const scans: string[] = [];
  // A table of a few rows is read whole by choice.
  const large = new Set(
    await database.driver.withConnection(async ({ tx }) =>
      (
        await rowsOf<{ name: string }>(tx, sql`select relname as name from pg_class where reltuples >= 1000`)
      ).map((row) => row.name),
    ),
  );
  let explained = 0;
  for (const [module, { org = {}, system = {} }] of Object.entries(queryCatalogue)) {
    const inOrg = (work: (tx: Transaction) => Promise<never>) => withOrg(database, million.big.orgId, work);
    const across = (work: (tx: Transaction) => Promise<never>) => withSystem(database, work);
    const calls = [
      ...Object.entries(org).map(([name, call]) => ({ name, call, scope: inOrg })),
      ...Object.entries(system).map(([name, call]) => ({ name, call, scope: across })),
    ];
    for (const { name, call, scope } of calls) {
      const statements = await undone(scope, (tx) => recorder.explain(tx, () => call(tx, million.big)));
      explained += statements.length;
      for (const { sequentialScans } of statements)
        for (const table of sequentialScans.filter((name) => large.has(name)))
          scans.push(`${module}.${name}: ${table}`);
    }
  }
  return { sequentialScans: scans, statementsExplained: explained };
}
