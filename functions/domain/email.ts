/** Email addresses: asked for, mailed to, proven. An address counts only once its link was opened. */
import { AppError } from "@parley/contract/errors";
import type { UserId } from "@parley/contract/ids";
import { VERIFY_TOKEN_LIFETIME_SECONDS } from "@parley/contract/limits";
import { nameKey } from "@parley/db/name-key";
import * as EmailTokens from "@parley/db/queries/email-tokens";
import type { ActiveSession } from "@parley/db/queries/sessions";
import * as SessionRows from "@parley/db/queries/sessions";
import * as Users from "@parley/db/queries/users";
import { withSystem } from "@parley/db/scope";
import { type AccountServices, audit, type Caller } from "./account-services.ts";
import { lockLiveSession } from "./live-session.ts";
import * as MailedToken from "./mailed-token.ts";
import { alreadyYoursMail, emailChangedMail, verifyMail } from "./mailer.ts";
import { requireRecentLogin } from "./recent-login.ts";
import { announceEnded } from "./session-outbox.ts";

/**
 * Asks for another address, which counts from its proof on; null takes the present one away. Ends the person's
 * other sessions. Throws `recent_login_required` or `rate_limited`.
 */
export async function change(
  services: AccountServices,
  session: ActiveSession,
  email: string | null,
  caller: Caller,
): Promise<void> {
  const now = services.now();
  requireRecentLogin(session, now);
  const userId = session.user.id;
  if (email !== null) await services.limits.take("verifyMail", userId);
  const old = await withSystem(services.db, async (tx) => {
    const user = await lockLiveSession(tx, session);
    await EmailTokens.removeOfUser(tx, userId, "verify");
    if (email === null) {
      await Users.update(tx, userId, { email: null });
      await EmailTokens.removeOfUser(tx, userId, "reset");
    }
    const ended = await SessionRows.revokeAll(tx, userId, { now, reason: "email", except: session.id });
    const action = email === null ? "account.email_remove" : "account.email_change";
    await audit(tx, userId, caller, { action, at: now });
    await announceEnded(tx, userId, ended, now);
    return user.email;
  });
  services.rightsChanged();
  if (email !== null) services.defer(() => sendVerification(services, userId, email));
  else if (old) services.defer(() => services.mailer.send(emailChangedMail(old, services.publicUrl())));
}

/** To an address that is another account's already goes a mail that says so: only its owner reads it. */
export async function sendVerification(
  services: AccountServices,
  userId: UserId,
  email: string,
): Promise<void> {
  const now = services.now();
  const token = MailedToken.create();
  const isTaken = await withSystem(services.db, async (tx) => {
    const owner = await Users.findByEmail(tx, email);
    if (owner && owner.id !== userId) return true;
    const expiresAt = new Date(now.getTime() + VERIFY_TOKEN_LIFETIME_SECONDS * 1000);
    await EmailTokens.create(tx, { tokenHash: token.hash, userId, purpose: "verify", email, expiresAt });
    return false;
  });
  const publicUrl = services.publicUrl();
  await services.mailer.send(
    isTaken ? alreadyYoursMail(email, publicUrl) : verifyMail(email, publicUrl, token.text),
  );
}

/** Throws `link_invalid`, `email_taken` or `rate_limited`. */
export async function verify(services: AccountServices, token: string, caller: Caller): Promise<void> {
  await services.limits.take("anonymous", caller.network);
  const now = services.now();
  const old = await withSystem(services.db, async (tx) => {
    const used = await EmailTokens.consume(tx, {
      tokenHash: MailedToken.hashOf(token),
      purpose: "verify",
      now,
    });
    if (!used) throw new AppError("link_invalid");
    const before = await Users.lock(tx, used.userId);
    await Users.update(tx, used.userId, { email: used.email });
    // Links to a new password that lie in the old mailbox count no more.
    await EmailTokens.removeOfUser(tx, used.userId, "reset");
    await audit(tx, used.userId, caller, { action: "account.email_verify", at: now });
    return before?.email && nameKey(before.email) !== nameKey(used.email) ? before.email : undefined;
  });
  if (old) services.defer(() => services.mailer.send(emailChangedMail(old, services.publicUrl())));
}
