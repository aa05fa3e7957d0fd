/** Removes what has run out: sessions, tokens, kept answers, invites, old outbox rows, challenges and counters. */
import type { Database, Transaction } from "./client.ts";
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

type Prune = (tx: Transaction, before: Date) => Promise<number>;

/**
 * Gives how many rows went. Safe to run at any time, also twice at once. A kind that fails doesn't keep the others
 * from being tried; the first failure is thrown in the end. `stopped` ends it after the thousand rows it is at.
 */
export async function prune(database: Database, now: Date, stopped?: AbortSignal): Promise<number> {
  const longAgo = new Date(now.getTime() - KEEP_MS);
  const kinds: [Prune, Date][] = [
    [Sessions.prune, longAgo],
    [EmailTokens.prune, now],
    [IdempotencyKeys.prune, now],
    [Invites.prune, longAgo],
    [AuthzChanges.prune, longAgo],
    [Passkeys.pruneChallenges, now],
    [RateLimits.prune, now],
  ];
  let removed = 0;
  const failures: unknown[] = [];
  for (const [pruneKind, before] of kinds) {
    try {
      let some = -1;
      while (some !== 0 && !stopped?.aborted) {
        some = await withSystem(database, (tx) => pruneKind(tx, before));
        removed += some;
      }
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return removed;
}
