/** Passwords: changed by who is logged in, reset by who reads the account's mail. */
import type { ResetPasswordRequest } from "@parley/contract/accounts";
import { AppError } from "@parley/contract/errors";
import type { UserId } from "@parley/contract/ids";
import { RESET_TOKEN_LIFETIME_SECONDS } from "@parley/contract/limits";
import type { Transaction } from "@parley/db/client";
import { nameKey } from "@parley/db/name-key";
import * as EmailTokens from "@parley/db/queries/email-tokens";
import * as Passkeys from "@parley/db/queries/passkeys";
import type { ActiveSession } from "@parley/db/queries/sessions";
import * as SessionRows from "@parley/db/queries/sessions";
import * as Users from "@parley/db/queries/users";
import { withSystem } from "@parley/db/scope";
import { type AccountServices, audit, type Caller } from "./account-services.ts";
import { lockLiveSession } from "./live-session.ts";
import * as MailedToken from "./mailed-token.ts";
import { passwordChangedMail, resetMail } from "./mailer.ts";
import { checkNewPassword } from "./password-policy.ts";
import { requireRecentLogin } from "./recent-login.ts";
import { announceEnded } from "./session-outbox.ts";

/** Ends the person's other sessions. Throws `recent_login_required`, `rate_limited`, `validation_failed`, `password_too_weak`. */
export async function change(
  services: AccountServices,
  session: ActiveSession,
  password: string,
  caller: Caller,
): Promise<void> {
  const now = services.now();
  requireRecentLogin(session, now);
  const { id, username } = session.user;
  await services.limits.take("newPassword", id);
  await checkNewPassword(password, username, services.passwordCodePointsMin);
  const passwordHash = await services.passwords.hash(password);
  const email = await withSystem(services.db, async (tx) => {
    const user = await lockLiveSession(tx, session);
    await set(tx, id, passwordHash, now);
    const ended = await SessionRows.revokeAll(tx, id, { now, reason: "password", except: session.id });
    await audit(tx, id, caller, { action: "account.password_change", at: now });
    await announceEnded(tx, id, ended, now);
    return user.email;
  });
  services.rightsChanged();
  notify(services, email);
}

/** Mails a link if the address is an account's. Answer and time are the same if not. Throws `rate_limited`. */
export async function forgot(services: AccountServices, email: string, caller: Caller): Promise<void> {
  await services.limits.take("anonymous", caller.network);
  await services.limits.take("reset", nameKey(email));
  services.defer(async () => {
    const now = services.now();
    const token = MailedToken.create();
    const to = await withSystem(services.db, async (tx) => {
      const user = await Users.findByEmail(tx, email);
      if (user?.status !== "active" || user.email === null) return undefined;
      const expiresAt = new Date(now.getTime() + RESET_TOKEN_LIFETIME_SECONDS * 1000);
      const tokenHash = token.hash;
      await EmailTokens.create(tx, {
        tokenHash,
        userId: user.id,
        purpose: "reset",
        email: user.email,
        expiresAt,
      });
      await audit(tx, user.id, caller, { action: "account.password_forgot", at: now });
      return user.email;
    });
    // To the address as it was verified: what was typed may differ by characters that only look alike.
    if (to !== undefined) await services.mailer.send(resetMail(to, services.publicUrl(), token.text));
  });
}

/** Ends all sessions, opens none, and removes the passkeys unless they are to be kept. Throws `link_invalid`, `validation_failed`, `password_too_weak`. */
export async function reset(
  services: AccountServices,
  { token, password, keepPasskeys }: ResetPasswordRequest,
  caller: Caller,
): Promise<void> {
  await services.limits.take("anonymous", caller.network);
  const now = services.now();
  const use = { tokenHash: MailedToken.hashOf(token), purpose: "reset" as const, now };
  // Looked at first and used up last: a password that is refused must not cost the link.
  const found = await withSystem(services.db, async (tx) => {
    const mailed = await EmailTokens.find(tx, use);
    const owner = mailed && (await Users.find(tx, mailed.userId));
    return owner && { owner, email: mailed.email };
  });
  const owner = found?.owner;
  if (!owner) throw new AppError("link_invalid");
  await checkNewPassword(password, owner.username, services.passwordCodePointsMin);
  const passwordHash = await services.passwords.hash(password);
  const passkeysRemoved = await withSystem(services.db, async (tx) => {
    const current = await Users.lock(tx, owner.id);
    // What was mailed to an address that isn't the account's any more proves nothing.
    const isTheirs = current?.emailKey === nameKey(found.email);
    if (!isTheirs || !(await EmailTokens.consume(tx, use))) throw new AppError("link_invalid");
    await set(tx, owner.id, passwordHash, now);
    const ended = await SessionRows.revokeAll(tx, owner.id, { now, reason: "password_reset" });
    const removed = keepPasskeys ? 0 : await Passkeys.removeAll(tx, owner.id);
    const after = { passkeysRemoved: removed };
    await audit(tx, owner.id, caller, { action: "account.password_reset", at: now, after });
    await announceEnded(tx, owner.id, ended, now);
    return removed;
  });
  services.rightsChanged();
  notify(services, owner.email, passkeysRemoved);
}

/** Links that are under way count no more, those of a thief who got in earlier among them. */
async function set(tx: Transaction, userId: UserId, passwordHash: string, now: Date): Promise<void> {
  await Users.update(tx, userId, { passwordHash, passwordChangedAt: now });
  await EmailTokens.removeOfUser(tx, userId, "reset");
  await EmailTokens.removeOfUser(tx, userId, "verify");
}

function notify(services: AccountServices, email: string | null, passkeysRemoved = 0): void {
  if (!email) return;
  services.defer(() =>
    services.mailer.send(passwordChangedMail(email, services.publicUrl(), passkeysRemoved)),
  );
}
