/** Registration, log-in, and proving once more who one is. */
import type {
  Account,
  LoginRequest,
  ReauthenticateRequest,
  RegisterRequest,
} from "@parley/contract/accounts";
import { AppError } from "@parley/contract/errors";
import type { UserId } from "@parley/contract/ids";
import { newUserId } from "@parley/db/ids";
import { nameKey } from "@parley/db/name-key";
import { isOutdated, NOBODYS_HASH } from "@parley/db/password-hash";
import * as EmailTokens from "@parley/db/queries/email-tokens";
import * as LogIns from "@parley/db/queries/log-ins";
import * as Passkeys from "@parley/db/queries/passkeys";
import * as RecoveryCodes from "@parley/db/queries/recovery-codes";
import type { ActiveSession } from "@parley/db/queries/sessions";
import * as SessionRows from "@parley/db/queries/sessions";
import * as TotpSecrets from "@parley/db/queries/totp-secrets";
import * as Users from "@parley/db/queries/users";
import { readAcross, withSystem } from "@parley/db/scope";
import { type AccountServices, audit, auditRefusal, type Caller } from "./account-services.ts";
import * as Email from "./email.ts";
import { lockLiveSession, lockUnchanged } from "./live-session.ts";
import { tell } from "./mailer.ts";
import { checkNewPassword } from "./password-policy.ts";
import { requireRecentLogin } from "./recent-login.ts";
import * as Sessions from "./sessions.ts";
import * as Totp from "./totp.ts";

/** Throws `validation_failed`, `password_too_weak`, `name_taken`, `rate_limited` or `unavailable`. */
export async function register(
  services: AccountServices,
  request: Omit<RegisterRequest, "tokenIn">,
  caller: Caller,
): Promise<Sessions.OpenedSession> {
  const { username, password, email } = request;
  await checkNewPassword(password, username, services.passwordCodePointsMin);
  await services.limits.take("register", caller.network);
  const passwordHash = await services.passwords.hash(password);
  const now = services.now();
  const user = { id: newUserId(), username };
  // Account and session are there together or not at all: nobody is told of a failure and then that the name is taken.
  const session = await Sessions.open(services, user, caller, "session.log_in", async (tx) => {
    if (!(await Users.create(tx, { ...user, passwordHash, now }))) throw new AppError("name_taken");
    await audit(tx, user.id, caller, { action: "account.register", at: now });
  });
  if (email !== undefined) services.defer(() => Email.sendVerification(services, user.id, email));
  return session;
}

/**
 * Throws `invalid_credentials` for an unknown name, a wrong password and a disabled account alike, after the
 * same work, so that neither answer nor time tells which names exist. Past that: `second_factor_required`,
 * `second_factor_wrong`. Also `rate_limited`, `unavailable`.
 */
export async function logIn(
  services: AccountServices,
  request: Omit<LoginRequest, "tokenIn">,
  caller: Caller,
): Promise<Sessions.OpenedSession> {
  const account = await LogIns.find((reading) => readAcross(services.db, reading), request.username);
  const user = account?.user;
  // An account has one count, whichever of its names is used.
  return counted(services, user?.id ?? nameKey(request.username), caller, {
    async check() {
      const matches = await services.passwords.verify(user?.passwordHash ?? NOBODYS_HASH, request.password);
      if (!account || !matches || account.user.status !== "active") {
        if (user) auditRefusal(services, user.id, caller, "session.log_in_failed");
        throw new AppError("invalid_credentials");
      }
      await Totp.check(services, account.totp, request.code, caller);
      return account;
    },
    proceed(checked) {
      if (isOutdated(checked.user.passwordHash)) {
        services.defer(() => rehash(services, checked.user, request.password));
      }
      return Sessions.openChecked(services, checked, caller);
    },
  });
}

/** The session counts as a log-in of now. Fails as `logIn` does. */
export async function reauthenticate(
  services: AccountServices,
  session: ActiveSession,
  request: ReauthenticateRequest,
  caller: Caller,
): Promise<void> {
  await counted(services, session.user.id, caller, {
    async check() {
      const { user, totp } = await withSystem(services.db, async (tx) => ({
        user: await Users.find(tx, session.user.id),
        totp: (await TotpSecrets.find(tx, session.user.id)) ?? null,
      }));
      if (!user || !(await services.passwords.verify(user.passwordHash, request.password))) {
        auditRefusal(services, session.user.id, caller, "session.log_in_failed");
        throw new AppError("invalid_credentials", { detail: "That is not your password." });
      }
      await Totp.check(services, totp, request.code, caller);
      return { user, totp };
    },
    async proceed(checked) {
      const now = services.now();
      await withSystem(services.db, async (tx) => {
        await lockUnchanged(tx, checked);
        await lockLiveSession(tx, session);
        await SessionRows.reauthenticate(tx, session.id, now);
        const target = { type: "session", id: session.id };
        await audit(tx, checked.user.id, caller, { action: "session.reauthenticate", at: now, target });
      });
    },
  });
}

export async function read({ db, now }: AccountServices, userId: UserId): Promise<Account> {
  return withSystem(db, async (tx) => {
    const user = await Users.find(tx, userId);
    if (!user) throw new AppError("unauthenticated");
    const pending = await EmailTokens.findPending(tx, userId, now());
    const totp = await TotpSecrets.find(tx, userId);
    return {
      id: user.id,
      username: user.username,
      email: user.email,
      pendingEmail: pending?.email ?? null,
      createdAt: user.createdAt.toISOString(),
      totpEnabled: totp !== undefined && totp.confirmedAt !== null,
      recoveryCodesLeft: await RecoveryCodes.countLeft(tx, userId),
      passkeys: (await Passkeys.list(tx, userId)).length,
    };
  });
}

/**
 * The old name is free at once, so it is the owner's to give away. Throws `recent_login_required`, `name_taken` or
 * `rate_limited`.
 */
export async function rename(
  services: AccountServices,
  session: ActiveSession,
  username: string,
  caller: Caller,
): Promise<void> {
  const now = services.now();
  requireRecentLogin(session, now);
  const userId = session.user.id;
  await services.limits.take("rename", userId);
  const { email } = await withSystem(services.db, async (tx) => {
    const user = await lockLiveSession(tx, session);
    await Users.update(tx, userId, { username });
    await audit(tx, userId, caller, { action: "account.rename", at: now });
    return user;
  });
  tell(services, email, `Its user name is ${username} now.`);
}

/**
 * Counts the try before `check` looks at the password, so that parallel ones can't slip past, and forgets what was
 * counted where it was good, while `proceed` goes on with what was checked.
 */
async function counted<Checked, T>(
  { limits }: AccountServices,
  accountKey: string,
  { network }: Caller,
  attempt: { check(): Promise<Checked>; proceed(checked: Checked): Promise<T> },
): Promise<T> {
  const key = `${accountKey} ${network ?? ""}`;
  await Promise.all([limits.take("login", key), limits.take("loginOfAddress", network)]);
  let checked: Checked;
  try {
    checked = await attempt.check();
  } catch (error) {
    // Nothing was learned from an answer that we couldn't give, or from hearing that a code is asked for.
    const isNoGuess =
      error instanceof AppError && ["unavailable", "second_factor_required"].includes(error.code);
    if (isNoGuess) {
      await Promise.all([limits.giveBack("login", key), limits.giveBack("loginOfAddress", network)]);
    }
    throw error;
  }
  const forgotten = Promise.all([limits.forgive("login", key), limits.giveBack("loginOfAddress", network)]);
  try {
    return await attempt.proceed(checked);
  } finally {
    await forgotten;
  }
}

async function rehash(services: AccountServices, user: Users.User, password: string): Promise<void> {
  const to = await services.passwords.hash(password);
  await withSystem(services.db, (tx) => Users.rehash(tx, user.id, { from: user.passwordHash, to }));
}
