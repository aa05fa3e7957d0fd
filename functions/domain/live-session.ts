/** A session that still lives when a change is made, not only when the request came in. */
import { AppError } from "@parley/contract/errors";
import type { Transaction } from "@parley/db/client";
import type { ActiveSession } from "@parley/db/queries/sessions";
import * as SessionRows from "@parley/db/queries/sessions";
import * as Users from "@parley/db/queries/users";

/**
 * First in each transaction that changes what an account is logged in with. Between the check of the access token
 * and that transaction may lie seconds, in the queue of password hashes for instance: whoever was logged out in the
 * meantime must not lock the owner out. Locks the account, then the session, in this order everywhere, so that
 * changes of one account come one after the other. Throws `unauthenticated`.
 */
export async function lockLiveSession(tx: Transaction, session: ActiveSession): Promise<Users.User> {
  const user = await Users.lock(tx, session.user.id);
  const row = user && (await SessionRows.lock(tx, session.id));
  if (!row || row.revokedAt || user.status !== "active") throw new AppError("unauthenticated");
  return user;
}

/**
 * The account as it was when its password was checked: since then the password may have been changed, or the
 * account disabled. A hash made anew from the same password is no change. Throws `invalid_credentials`.
 */
export async function lockUnchanged(tx: Transaction, checked: Users.User): Promise<void> {
  const user = await Users.lock(tx, checked.id);
  const isSame = user?.passwordChangedAt.getTime() === checked.passwordChangedAt.getTime();
  if (!isSame || user?.status !== "active") throw new AppError("invalid_credentials");
}
