/** Removes what has run out: sessions, tokens, kept answers, invites and old outbox rows. */
import type { Database } from "./client.ts";
import * as AuthzChanges from "./queries/authz-changes.ts";
import * as EmailTokens from "./queries/email-tokens.ts";
import * as IdempotencyKeys from "./queries/idempotency-keys.ts";
import * as Invites from "./queries/invites.ts";
import * as Passkeys from "./queries/passkeys.ts";
import * as RateLimits from "./queries/rate-limits.ts";
import * as Sessions from "./queries/sessions.ts";
import { withSystem } from "./scope.ts";

/** People may look at sessions that ended lately. */
const KEEP_MS = 7 * 24 * 60 * 60 * 1000;

/** Each kind in a transaction of its own; gives how many rows went. Safe to run at any time, also twice at once. */
export async function prune(database: Database, now: Date): Promise<number> {
  const longAgo = new Date(now.getTime() - KEEP_MS);
  let removed = 0;
  removed += await withSystem(database, (tx) => Sessions.prune(tx, longAgo));
  removed += await withSystem(database, (tx) => EmailTokens.prune(tx, now));
  removed += await withSystem(database, (tx) => IdempotencyKeys.prune(tx, now));
  removed += await withSystem(database, (tx) => Invites.prune(tx, longAgo));
  removed += await withSystem(database, (tx) => AuthzChanges.prune(tx, longAgo));
  removed += await withSystem(database, (tx) => Passkeys.pruneChallenges(tx, now));
  removed += await withSystem(database, (tx) => RateLimits.prune(tx, now));
  return removed;
}
