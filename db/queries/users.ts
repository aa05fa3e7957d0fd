/** Accounts. All of it runs in `withSystem`. */
import type { UserId } from "@parley/contract/ids";
import { and, eq } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { newUserId } from "../ids.ts";
import { nameKey } from "../name-key.ts";
import { users } from "../schema/users.ts";

export type User = typeof users.$inferSelect;

/** Takes any text: what can't be a name is found as little as one that nobody has. */
export async function findByUsername(tx: Transaction, username: string): Promise<User | undefined> {
  // Postgres refuses NUL in text, so no stored name has one.
  if (username.includes("\0")) return undefined;
  const [user] = await tx
    .select()
    .from(users)
    .where(eq(users.usernameKey, nameKey(username)));
  return user;
}

/** By verified address. */
export async function findByEmail(tx: Transaction, email: string): Promise<User | undefined> {
  if (email.includes("\0")) return undefined;
  const [user] = await tx
    .select()
    .from(users)
    .where(eq(users.emailKey, nameKey(email)));
  return user;
}

export async function find(tx: Transaction, id: UserId): Promise<User | undefined> {
  const [user] = await tx.select().from(users).where(eq(users.id, id));
  return user;
}

/** Undefined when the name is taken, also by a registration that runs at the same time. */
export async function create(
  tx: Transaction,
  input: { id?: UserId; username: string; passwordHash: string; now: Date },
): Promise<{ id: UserId; username: string } | undefined> {
  const { id = newUserId(), username, passwordHash, now } = input;
  const [user] = await tx
    .insert(users)
    .values({
      id,
      username,
      usernameKey: nameKey(username),
      passwordHash,
      createdAt: now,
      passwordChangedAt: now,
    })
    .onConflictDoNothing({ target: users.usernameKey })
    .returning({ id: users.id, username: users.username });
  return user;
}

export type UserChange = Partial<
  Pick<User, "username" | "email" | "status" | "passwordHash" | "passwordChangedAt">
>;

/** Throws `name_taken` or `email_taken`. An `email` must be one whose owner has proven that it is theirs. */
export async function update(tx: Transaction, id: UserId, change: UserChange): Promise<User | undefined> {
  const { username, email } = change;
  const keys = {
    ...(username === undefined ? {} : { usernameKey: nameKey(username) }),
    ...(email === undefined ? {} : { emailKey: email === null ? null : nameKey(email) }),
  };
  const [user] = await tx
    .update(users)
    .set({ ...change, ...keys })
    .where(eq(users.id, id))
    .returning();
  return user;
}

/** The same password under newer parameters; leaves one alone that was changed in the meantime. */
export async function rehash(
  tx: Transaction,
  id: UserId,
  change: { from: string; to: string },
): Promise<void> {
  await tx
    .update(users)
    .set({ passwordHash: change.to })
    .where(and(eq(users.id, id), eq(users.passwordHash, change.from)));
}

/** Locks the account's row: what must see the other changes of one account happens one after the other. */
export async function lock(tx: Transaction, id: UserId): Promise<User | undefined> {
  const [user] = await tx.select().from(users).where(eq(users.id, id)).for("update");
  return user;
}

/**
 * With the account go its sessions, memberships, roles held, entries about it, tokens and idempotency keys.
 * Throws `owner_must_transfer`, at the latest at commit, when it owns an organisation.
 */
export async function remove(tx: Transaction, id: UserId): Promise<boolean> {
  const gone = await tx.delete(users).where(eq(users.id, id)).returning({ id: users.id });
  return gone.length > 0;
}
