/** Deleting an account: the person goes from everywhere; what was done stays in the audit logs, by a bare id. */
import { AppError } from "@parley/contract/errors";
import * as AuditLog from "@parley/db/queries/audit-log";
import * as AuthzChanges from "@parley/db/queries/authz-changes";
import * as Memberships from "@parley/db/queries/memberships";
import * as Organizations from "@parley/db/queries/organizations";
import type { ActiveSession } from "@parley/db/queries/sessions";
import * as Users from "@parley/db/queries/users";
import { withSystem } from "@parley/db/scope";
import type { AccountServices, Caller } from "./account-services.ts";
import { lockLiveSession } from "./live-session.ts";
import { requireRecentLogin } from "./recent-login.ts";

/** Throws `recent_login_required`, or `owner_must_transfer` while the person owns an organisation. */
export async function deleteAccount(
  { db, now, rightsChanged }: AccountServices,
  session: ActiveSession,
  caller: Caller,
): Promise<void> {
  const at = now();
  requireRecentLogin(session, at);
  const userId = session.user.id;
  await withSystem(db, async (tx) => {
    await lockLiveSession(tx, session);
    const owned = await Organizations.listOwnedBy(tx, userId);
    if (owned.length > 0) {
      const tags = owned.map(({ tag }) => tag).join(", ");
      throw new AppError("owner_must_transfer", {
        detail: `You own ${tags}. Transfer or delete what you own first.`,
      });
    }
    const orgIds = await Memberships.listActiveOrgIds(tx, userId);
    for (const orgId of orgIds) await Organizations.lock(tx, orgId);
    await Users.remove(tx, userId);
    await AuditLog.forgetPerson(tx, userId);
    // Without who and where from: the id, which leads nowhere any more, is the pseudonym.
    const event = {
      at,
      actorId: userId,
      action: "account.delete",
      target: { type: "user", id: userId },
      requestId: caller.requestId,
    };
    await AuditLog.appendOfAccount(tx, userId, event);
    for (const orgId of orgIds) await AuditLog.append(tx, orgId, event);
    for (const orgId of orgIds) await AuthzChanges.append(tx, orgId, [{ kind: "account", userId, at }]);
  });
  rightsChanged();
}
