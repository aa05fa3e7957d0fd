/**
 * The demonstration tenant: what a first visitor logs in to. Its passwords are known to everybody and shorter
 * than people may choose, so it refuses to run in production unless forced.
 */
import type { RoleId, UserId } from "@parley/contract/ids";
import * as Permissions from "@parley/contract/permissions";
import type { Database, Transaction } from "./client.ts";
import { hashPassword } from "./password-hash.ts";
import * as AuditLog from "./queries/audit-log.ts";
import * as ChannelAcl from "./queries/channel-acl.ts";
import * as Channels from "./queries/channels.ts";
import * as Memberships from "./queries/memberships.ts";
import * as Organizations from "./queries/organizations.ts";
import * as Roles from "./queries/roles.ts";
import * as Users from "./queries/users.ts";
import { users } from "./schema/users.ts";
import { withSystem } from "./scope.ts";

const TAG = "DEMO";
/** The owner, then members with the role that each gets. */
const PEOPLE = [
  { username: "demo", password: "demo123", role: undefined },
  { username: "alice", password: "alice123", role: "Moderator" },
  { username: "bob", password: "bob123", role: "Member" },
  { username: "charlie", password: "charlie123", role: "Guest" },
] as const;
const PRIVATE_PASSWORD = "letmein";

const EVERYONE =
  Permissions.VIEW | Permissions.CONNECT | Permissions.SPEAK | Permissions.TEXT | Permissions.WHISPER;
const MODERATOR =
  EVERYONE |
  Permissions.PRIORITY_SPEAKER |
  Permissions.MUTE_MEMBERS |
  Permissions.DEAFEN_MEMBERS |
  Permissions.MOVE_MEMBERS |
  Permissions.KICK_MEMBERS;

/** From the highest rank down: each new role stands just above `everyone`. */
const ROLES = [
  { name: "Admin", permissions: Permissions.ADMINISTRATOR },
  { name: "Moderator", permissions: MODERATOR },
  { name: "Member", permissions: EVERYONE },
  { name: "Guest", permissions: 0n },
];

export interface SeedOptions {
  /** True on a stage that real people use. */
  production: boolean;
  /** Seeds a production stage all the same. */
  force?: boolean;
}

/** Whether nobody has an account yet: a first start. */
export const isEmpty = (database: Database): Promise<boolean> =>
  withSystem(database, async (tx) => (await tx.select({ id: users.id }).from(users).limit(1)).length === 0);

/** Makes the tenant if no organisation has its tag, all of it or nothing; says whether it did. */
export async function seed(database: Database, options: SeedOptions): Promise<boolean> {
  if (options.production && !options.force) {
    throw new Error(
      "The demo data has well-known passwords and isn't for production. Use --force-demo to insist.",
    );
  }
  if (await withSystem(database, (tx) => Organizations.findByTag(tx, TAG))) return false;
  // Hashing takes its time, so it is done before the transaction.
  const hashes = await Promise.all(PEOPLE.map(({ password }) => hashPassword(password)));
  const privateHash = await hashPassword(PRIVATE_PASSWORD);
  await withSystem(database, (tx) => insertTenant(tx, hashes, privateHash));
  return true;
}

async function insertTenant(tx: Transaction, hashes: string[], privateHash: string): Promise<void> {
  const now = new Date();
  const userIds: UserId[] = [];
  for (const [index, { username }] of PEOPLE.entries()) {
    const user = await Users.create(tx, { username, passwordHash: hashes[index] ?? "", now });
    if (!user) throw new Error(`The demo data needs the user name "${username}", which is taken.`);
    userIds.push(user.id);
  }
  const ownerId = userIds[0] as UserId;
  const { id: orgId } = await Organizations.create(tx, {
    tag: TAG,
    name: "Demo",
    ownerId,
    everyone: EVERYONE,
    now,
  });

  const roleIds = new Map<string, RoleId>();
  for (const role of ROLES) roleIds.set(role.name, (await Roles.create(tx, orgId, role)).id);
  for (const [index, { role }] of PEOPLE.entries()) {
    const userId = userIds[index] as UserId;
    if (role === undefined) continue;
    await Memberships.join(tx, orgId, userId, now);
    await Roles.setHeld(tx, orgId, userId, [roleIds.get(role) as RoleId]);
  }

  const top = { parentId: null, now };
  await Channels.create(tx, orgId, { ...top, name: "Lobby" });
  const general = await Channels.create(tx, orgId, { ...top, name: "General" });
  await Channels.create(tx, orgId, { parentId: general.id, name: "Team Alpha", now });
  const officers = await Channels.create(tx, orgId, { ...top, name: "Officers" });
  await Channels.create(tx, orgId, { ...top, name: "Private", passwordHash: privateHash });

  // Moderators and up: administrators pass every entry.
  const [everyone] = await Roles.list(tx, orgId);
  const entry = { userId: null, appliesTo: "here_and_below" as const };
  await ChannelAcl.replace(tx, orgId, officers.id, [
    { ...entry, roleId: everyone?.id ?? null, allow: 0n, deny: Permissions.VIEW },
    { ...entry, roleId: roleIds.get("Moderator") ?? null, allow: Permissions.VIEW, deny: 0n },
  ]);
  await AuditLog.append(tx, orgId, {
    at: now,
    actorId: ownerId,
    action: "organization.seed",
    target: { type: "organization", id: orgId },
  });
}
