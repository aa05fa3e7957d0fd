/** A session that still lives when a change is made, not only when the request came in. */
import { AppError } from "@parley/contract/errors";
import type { Transaction } from "@parley/db/client";
import type { Account } from "@parley/db/queries/log-ins";
import type { ActiveSession } from "@parley/db/queries/sessions";
import * as SessionRows from "@parley/db/queries/sessions";
import * as TotpSecrets from "@parley/db/queries/totp-secrets";
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
 * The account as it was when its password and its code were checked: since then the password may have been changed,
 * codes switched on, or the account disabled. A hash made anew from the same password is no change. Throws
 * `invalid_credentials`.
 */
export async function lockUnchanged(tx: Transaction, checked: Account): Promise<void> {
  const user = await Users.lock(tx, checked.user.id);
  const isSame = user?.passwordChangedAt.getTime() === checked.user.passwordChangedAt.getTime();
  const confirmedAt = (await TotpSecrets.find(tx, checked.user.id))?.confirmedAt;
  const isCodeUnchecked = confirmedAt && confirmedAt.getTime() !== checked.totp?.confirmedAt?.getTime();
  if (!isSame || isCodeUnchecked || user?.status !== "active") throw new AppError("invalid_credentials");
}
