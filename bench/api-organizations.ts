/**
 * What whole requests cost beside the bare driver that says the same to Postgres: the channel tree with its
 * permissions, from the access token to the JSON, and the join, from the rights to the signed token. In an
 * organisation of 200 channels, 5 roles and 50 entries.
 *
 * The ceiling says the same statements, as a program by hand would: one after the other, in a transaction that sets
 * the tenant. `…SqlOnly` does nothing with the rows, which nobody could serve: no token is checked, no permission
 * worked out, no JSON written, no join token signed. The tree's own ceiling is a program by hand that answers the same:
 * it works out the permissions by the one algorithm there is, writes the JSON and hashes it for the ETag, without
 * framework, token or checks.
 */
import { createHash } from "node:crypto";
import type { ChannelId, NodeId, OrganizationId, UserId } from "@parley/contract/ids";
import type { NodeRecord } from "@parley/contract/node-directory";
import * as Permissions from "@parley/contract/permissions";
import { CONNECT, SPEAK, VIEW } from "@parley/contract/permissions";
import { type Database, openDatabase } from "@parley/db/client";
import { migrate } from "@parley/db/migrate";
import * as ChannelAcl from "@parley/db/queries/channel-acl";
import * as Channels from "@parley/db/queries/channels";
import * as Memberships from "@parley/db/queries/memberships";
import * as Organizations from "@parley/db/queries/organizations";
import * as Roles from "@parley/db/queries/roles";
import type { ActiveSession } from "@parley/db/queries/sessions";
import * as Sessions from "@parley/db/queries/sessions";
import { withSystem } from "@parley/db/scope";
import { StatementRecorder } from "@parley/db/testing/explain";
import { startPostgres } from "@parley/db/testing/postgres-server";
import { makeUser } from "@parley/db/testing/tenant";
import { createApp } from "@parley/functions/app";
import { createMemoryDirectory } from "@parley/functions/directory/memory";
import * as AccessToken from "@parley/functions/domain/access-token";
import { join } from "@parley/functions/domain/join";
import { createPasswordQueue } from "@parley/functions/domain/password-queue";
import { rateRulesFor } from "@parley/functions/domain/rate-limits";
import { generateKeys } from "@parley/functions/keys";
import { countInMemory } from "@parley/functions/limits/memory";
import { createRateLimits } from "@parley/functions/limits/rate-limits";
import { BarePool, type Row, recordMessages } from "./replay.ts";
import { type Compared, compare } from "./turns.ts";

const POOL_MAX = 8;
const CHANNELS = 200;
const ROLES = 5;
const ENTRIES = 50;
const NODE: NodeRecord = {
  id: "node-a" as NodeId,
  bootEpoch: 1,
  region: "local",
  url: "/signal",
  state: "ready",
  participants: 0,
};
const now = () => new Date();

export async function measureOrganizations(
  progress: (text: string) => void,
): Promise<Record<string, Compared>> {
  const server = await startPostgres();
  const url = server.url("parley_bench_organizations");
  const recorder = new StatementRecorder();
  const recording = await openDatabase(url, { poolMax: 1, ...recorder.options });
  const database = await openDatabase(url, { poolMax: POOL_MAX });
  const bare = new BarePool(url, POOL_MAX);
  try {
    await migrate(database);
    const requests = await prepare(await populate(database));
    const compared: Record<string, Compared> = {};
    for (const [name, { run }] of Object.entries(requests)) {
      progress(`measuring ${name} …`);
      // Once before, so that the room is placed: what is replayed must not be written twice.
      await run(database);
      const messages = await recordMessages(recording, recorder, run);
      const ours = () => run(database);
      const sqlOnly = () => bare.replay(name, messages);
      const { byHand } = requests[name] as Request;
      compared[byHand ? `${name}SqlOnly` : name] = await compare(ours, sqlOnly);
      if (byHand) compared[name] = await compare(ours, async () => byHand(await sqlOnly()));
    }
    return compared;
  } finally {
    await bare.close();
    await database.close();
    await recording.close();
    await server.stop();
  }
}

interface Populated {
  orgId: OrganizationId;
  channelId: ChannelId;
  session: ActiveSession;
}

/** A tree three levels deep; the member holds every role. */
async function populate(database: Database): Promise<Populated> {
  const ownerId = await makeUser(database);
  const username = "member";
  const userId = await makeUser(database, username);
  return withSystem(database, async (tx) => {
    const everyone = VIEW | CONNECT | SPEAK;
    const { id: orgId } = await Organizations.create(tx, {
      tag: "BENCH",
      name: "Bench",
      ownerId,
      everyone,
      now: now(),
    });
    await Memberships.join(tx, orgId, userId, now());
    const roleIds = [];
    for (let n = 0; n < ROLES; n++) {
      roleIds.push((await Roles.create(tx, orgId, { name: `role ${n}`, permissions: everyone })).id);
    }
    await Roles.setHeld(tx, orgId, userId, roleIds);
    const ids: ChannelId[] = [];
    for (let n = 0; n < CHANNELS; n++) {
      const parentId = n < 20 ? null : (ids[Math.floor(n / 10)] ?? null);
      ids.push((await Channels.create(tx, orgId, { name: `channel ${n}`, parentId, now: now() })).id);
    }
    for (let n = 0; n < ENTRIES; n++) {
      const entry = { roleId: roleIds[n % ROLES] ?? null, userId: null, appliesTo: "here" as const };
      const channelId = ids[Math.floor(n / ROLES)] as ChannelId;
      await ChannelAcl.set(tx, orgId, channelId, { ...entry, allow: SPEAK, deny: 0n });
    }
    const expiresAt = new Date(Date.now() + 86_400_000);
    const id = await Sessions.create(tx, { userId, now: now(), expiresAt });
    const session = { id, authenticatedAt: now(), user: { id: userId, username } };
    return { orgId, channelId: ids.at(-1) as ChannelId, session };
  });
}

interface Request {
  run(database: Database): Promise<unknown>;
  /** What a program by hand makes of the rows. */
  byHand?(results: Row[][]): unknown;
}

async function prepare({ orgId, channelId, session }: Populated): Promise<Record<string, Request>> {
  const keys = await generateKeys();
  const directory = createMemoryDirectory();
  await directory.heartbeat(NODE);
  const passwords = createPasswordQueue({ runningMax: 1, waitingMax: 1 });
  const logger = { info() {}, warn() {}, error: (fields: object) => console.error(fields) };
  const limits = createRateLimits(countInMemory, logger, rateRulesFor({ joinsPerMinute: 1_000_000 }));
  const apps = new WeakMap<object, ReturnType<typeof createApp>>();
  const appOf = (database: Database) => {
    const known = apps.get(database) ?? createApp({ database, directory, keys, logger, now });
    apps.set(database, known);
    return known;
  };
  const holder = { userId: session.user.id, sessionId: session.id };
  const { token } = AccessToken.sign(keys.access, holder, now());
  const headers = { authorization: `Bearer ${token}` };
  return {
    treeWithPermissions: {
      async run(database) {
        const response = await appOf(database).request(`/v1/orgs/${orgId}/channels`, { headers });
        const text = await response.text();
        if (response.status !== 200 || !text.includes(channelId)) throw new Error(text);
      },
      byHand(results) {
        const { text } = treeByHand(results, session.user.id);
        if (!text.includes(channelId)) throw new Error(text);
      },
    },
    join: {
      run: (database) =>
        join({ db: database, directory, keys, passwords, limits, now }, { session, orgId, channelId }),
    },
  };
}

/** From the rows of: BEGIN, session, tenant, the member with a row for each role, channels, entries, COMMIT. */
function treeByHand([, , , memberRows = [], rows = [], entries = []]: Row[][], userId: UserId) {
  const roles = memberRows.map((row) => ({
    id: row.id,
    position: row.position,
    permissions: BigInt(row.permissions),
    isEveryone: row.is_everyone,
  }));
  const index = Permissions.indexRights({
    roles,
    channels: rows.map((row) => ({ id: row.id, parentId: row.parent_id, inherit: row.inherit })),
    entries: entries.map((row) => ({
      channelId: row.channel_id,
      subject: row.role_id ? { type: "role", id: row.role_id } : { type: "user", id: row.user_id },
      allow: BigInt(row.allow),
      deny: BigInt(row.deny),
      appliesTo: row.applies_to,
    })),
  });
  const member = {
    userId,
    status: "active" as const,
    isOwner: memberRows[0]?.owner_id === userId,
    timedOut: false,
    roleIds: new Set(roles.map(({ id }) => id)),
  };
  const permissions = Permissions.effectiveTree(index, member);
  const places = new Map(rows.map((row) => [row.id, row]));
  const channels = index.channels.flatMap(({ id }) => {
    const row = places.get(id) as Row;
    const held = permissions.get(id) ?? 0n;
    if ((held & VIEW) === 0n) return [];
    return {
      id,
      parentId: row.parent_id,
      position: row.position,
      name: row.name,
      topic: row.topic,
      hasPassword: row["?column?"],
      userLimit: row.user_limit,
      bitrateBps: row.bitrate_bps,
      region: row.region,
      inherit: row.inherit,
      permissions: held.toString(),
    };
  });
  const text = JSON.stringify({ channels });
  return { text, etag: createHash("sha256").update(text).digest("base64url") };
}
