/** Accounts in numbers, members of an organisation: for load tests, in which everybody is somebody. */
import type { UserId } from "@parley/contract/ids";
import type { Database, Transaction } from "./client.ts";
import { hashPassword } from "./password-hash.ts";
import * as AuditLog from "./queries/audit-log.ts";
import * as Memberships from "./queries/memberships.ts";
import * as Organizations from "./queries/organizations.ts";
import * as Users from "./queries/users.ts";
import { withSystem } from "./scope.ts";

export interface People {
  /** Tag. */
  organization: string;
  /** With a "#" that stands for 1, 2, 3 and so on. */
  username: string;
  count: number;
  password: string;
}

/** Answers how many accounts were new. Those that are there already keep their passwords. Throws an Error in words. */
export async function addPeople(database: Database, people: People): Promise<number> {
  // Everybody has the same password, so one hash does for all; hashing takes its time and stays outside.
  const passwordHash = await hashPassword(people.password);
  return withSystem(database, (tx) => insertPeople(tx, people, passwordHash));
}

async function insertPeople(
  tx: Transaction,
  { organization, username, count }: People,
  passwordHash: string,
): Promise<number> {
  const found = await Organizations.findByTag(tx, organization);
  if (!found) throw new Error(`There is no organisation with the tag ${organization}.`);
  const now = new Date();
  let added = 0;
  for (let n = 1; n <= count; n++) {
    const name = username.replace("#", `${n}`);
    const made = await Users.create(tx, { username: name, passwordHash, now });
    if (made) added++;
    const id = made?.id ?? (await Users.findByUsername(tx, name))?.id;
    await Memberships.join(tx, found.id, id as UserId, now);
  }
  await AuditLog.append(tx, found.id, {
    at: now,
    action: "member.join",
    target: { type: "organization", id: found.id },
    after: { people: count },
  });
  return added;
}
