/**
 * The demonstration tenant: what a first visitor logs in to. Its passwords are known to everybody and shorter
 * than people may choose, so it refuses to run in production unless forced.
 */
import type { ChannelId, UserId } from "@parley/contract/ids";
import * as Permissions from "@parley/contract/permissions";
import type { Database, Transaction } from "./client.ts";
import { newChannelId, newOrganizationId, newRoleId } from "./ids.ts";
import { hashPassword } from "./password-hash.ts";
import * as Organizations from "./queries/organizations.ts";
import * as Users from "./queries/users.ts";
import { channels } from "./schema/channels.ts";
import { memberships, organizations } from "./schema/organizations.ts";
import { roles } from "./schema/roles.ts";
import { users } from "./schema/users.ts";
import { withSystem } from "./scope.ts";

const TAG = "DEMO";
const OWNER = "demo";
const PASSWORDS = { demo: "demo123", alice: "alice123", bob: "bob123", charlie: "charlie123" };
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

const ROLES = [
  { name: "everyone", permissions: EVERYONE, isEveryone: true },
  { name: "Guest", permissions: 0n },
  { name: "Member", permissions: EVERYONE },
  { name: "Moderator", permissions: MODERATOR },
  { name: "Admin", permissions: Permissions.ADMINISTRATOR },
];

export interface SeedOptions {
  /** True on a stage that real people use. */
  production: boolean;
  /** Seeds a production stage all the same. */
  force?: boolean;
}

/** Whether nobody has an account yet: a first start. */
export const isEmpty = (db: Database): Promise<boolean> =>
  withSystem(db, async (tx) => (await tx.select({ id: users.id }).from(users).limit(1)).length === 0);

/** Makes the tenant if no organisation has its tag; all of it or nothing. */
export async function seed(db: Database, options: SeedOptions): Promise<void> {
  if (options.production && !options.force) {
    throw new Error(
      "The demo data has well-known passwords and isn't for production. Use --force-demo to insist.",
    );
  }
  if (await withSystem(db, (tx) => Organizations.findByTag(tx, TAG))) return;
  // Hashing takes its time, so it is done before the transaction.
  const people = await Promise.all(
    Object.entries(PASSWORDS).map(async ([username, password]) => ({
      username,
      passwordHash: await hashPassword(password),
    })),
  );
  const privateHash = await hashPassword(PRIVATE_PASSWORD);
  await withSystem(db, (tx) => insertTenant(tx, people, privateHash));
}

async function insertTenant(
  tx: Transaction,
  people: { username: string; passwordHash: string }[],
  privateHash: string,
): Promise<void> {
  const userIds = new Map<string, UserId>();
  for (const person of people) {
    const user = await Users.create(tx, { ...person, now: new Date() });
    if (!user) throw new Error(`The demo data needs the user name "${person.username}", which is taken.`);
    userIds.set(person.username, user.id);
  }
  const orgId = newOrganizationId();
  const ownerId = userIds.get(OWNER) as UserId;
  await tx.insert(organizations).values({ id: orgId, tag: TAG, name: "Demo", ownerId });
  await tx.insert(memberships).values([...userIds.values()].map((userId) => ({ orgId, userId })));
  await tx
    .insert(roles)
    .values(ROLES.map((role, position) => ({ ...role, orgId, id: newRoleId(), position })));

  const general = newChannelId();
  const channel = (position: number, name: string, id: ChannelId = newChannelId()) => ({
    orgId,
    id,
    position,
    name,
  });
  await tx
    .insert(channels)
    .values([
      channel(0, "Lobby"),
      channel(1, "General", general),
      { ...channel(0, "Team Alpha"), parentId: general },
      { ...channel(2, "Private"), passwordHash: privateHash },
    ]);
}
