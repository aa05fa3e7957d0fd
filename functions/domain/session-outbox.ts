/** Sessions and accounts that ended, as media nodes hear of it: calls that stand on them must end, too. */
import type { SessionId, UserId } from "@parley/contract/ids";
import type { Transaction } from "@parley/db/client";
import * as AuthzChanges from "@parley/db/queries/authz-changes";
import * as Memberships from "@parley/db/queries/memberships";

/** Last in its transaction: the outbox is locked from there to the commit. */
export async function announceEnded(
  tx: Transaction,
  userId: UserId,
  sessionIds: readonly SessionId[],
  at: Date,
): Promise<void> {
  if (sessionIds.length === 0) return;
  const changes = sessionIds.map((sessionId) => ({ kind: "session" as const, userId, sessionId, at }));
  for (const orgId of await Memberships.listActiveOrgIds(tx, userId)) {
    await AuthzChanges.append(tx, orgId, changes);
  }
}
