import type { UserId } from "@parley/contract/ids";
import { eq } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { newUserId } from "../ids.ts";
import { users } from "../schema/users.ts";

export type User = typeof users.$inferSelect;

/** What makes two spellings the same name. */
export const usernameKey = (username: string): string =>
  username.normalize("NFC").toLowerCase().normalize("NFC");

/** Takes any text: what can't be a name is found as little as one that nobody has. */
export async function findByUsername(tx: Transaction, username: string): Promise<User | undefined> {
  // Postgres refuses NUL in text, so no stored name has one.
  if (username.includes("\0")) return undefined;
  const [user] = await tx
    .select()
    .from(users)
    .where(eq(users.usernameKey, usernameKey(username)));
  return user;
}

/** Undefined when the name is taken, also by a registration that runs at the same time. */
export async function create(
  tx: Transaction,
  input: { username: string; passwordHash: string; now: Date },
): Promise<{ id: UserId; username: string } | undefined> {
  const [user] = await tx
    .insert(users)
    .values({
      id: newUserId(),
      username: input.username,
      usernameKey: usernameKey(input.username),
      passwordHash: input.passwordHash,
      createdAt: input.now,
    })
    .onConflictDoNothing({ target: users.usernameKey })
    .returning({ id: users.id, username: users.username });
  return user;
}
