/**
 * Passkeys (WebAuthn level 3): a log-in by itself. The authenticator must verify its person, by finger or PIN, so
 * one passkey is both factors. Challenges are kept by their hash and work once.
 */
import { createHash } from "node:crypto";
import { AppError } from "@parley/contract/errors";
import type { UserId } from "@parley/contract/ids";
import type {
  Assertion,
  Passkey,
  PasskeyId,
  PasskeyOptions,
  Registration,
} from "@parley/contract/second-factors";
import * as PasskeyRows from "@parley/db/queries/passkeys";
import type { ActiveSession } from "@parley/db/queries/sessions";
import * as Users from "@parley/db/queries/users";
import { withSystem } from "@parley/db/scope";
import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";
import { type AccountServices, audit, auditRefusal, type Caller } from "./account-services.ts";
import { lockLiveSession } from "./live-session.ts";
import { tell } from "./mailer.ts";
import { requireRecentLogin } from "./recent-login.ts";
import * as Sessions from "./sessions.ts";

const CHALLENGE_LIFETIME_MS = 5 * 60 * 1000;
const NAME = "Parley";
/** Loaded with its first use: most starts of a function in the cloud see no passkey. */
const webauthn = () => import("@simplewebauthn/server");

/** Throws `recent_login_required`. */
export async function registrationOptions(
  services: AccountServices,
  session: ActiveSession,
): Promise<PasskeyOptions> {
  requireRecentLogin(session, services.now());
  const { id, username } = session.user;
  const known = await withSystem(services.db, (tx) => PasskeyRows.list(tx, id));
  const { generateRegistrationOptions } = await webauthn();
  const options = await generateRegistrationOptions({
    rpName: NAME,
    rpID: relyingPartyId(services),
    userID: bytesOf(id),
    userName: username,
    attestationType: "none",
    excludeCredentials: known.map((row) => ({ id: row.id })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  await keep(services, options.challenge, "register", id);
  return { options: { ...options } };
}

/** Throws `passkey_refused`, `quota_exceeded`, `recent_login_required`. */
export async function add(
  services: AccountServices,
  session: ActiveSession,
  { name, registration }: { name: string; registration: Registration },
  caller: Caller,
): Promise<Passkey> {
  const now = services.now();
  requireRecentLogin(session, now);
  const userId = session.user.id;
  const info = await verified(async () => {
    const { verifyRegistrationResponse } = await webauthn();
    const { verified: isGood, registrationInfo } = await verifyRegistrationResponse({
      response: registration as unknown as RegistrationResponseJSON,
      expectedChallenge: (challenge) => isOurs(services, challenge, "register", userId),
      expectedOrigin: new URL(services.publicUrl()).origin,
      expectedRPID: relyingPartyId(services),
    });
    return isGood ? registrationInfo : undefined;
  });
  const { id, publicKey, counter, transports } = info.credential;
  const row = { id: id as PasskeyId, userId, name, publicKey, counter, createdAt: now };
  const { email } = await withSystem(services.db, async (tx) => {
    const user = await lockLiveSession(tx, session);
    if (!(await PasskeyRows.add(tx, { ...row, transports: transports ?? [] }))) {
      throw new AppError("passkey_refused", { detail: "This passkey is registered already." });
    }
    const target = { type: "passkey", id };
    await audit(tx, userId, caller, { action: "account.passkey_add", at: now, target });
    return user;
  });
  tell(services, email, `A passkey was added to it: ${name}. It logs in without a password.`);
  return toPasskey({ ...row, lastUsedAt: null });
}

/** For whoever wants to log in: which of their passkeys they use is between them and their browser. */
export async function loginOptions(services: AccountServices, caller: Caller): Promise<PasskeyOptions> {
  await services.limits.take("anonymous", caller.network);
  const { generateAuthenticationOptions } = await webauthn();
  const options = await generateAuthenticationOptions({
    rpID: relyingPartyId(services),
    userVerification: "required",
  });
  await keep(services, options.challenge, "login", null);
  return { options: { ...options } };
}

/** Throws `passkey_refused`, whatever the reason; that of a known passkey is audited: it may have been copied. */
export async function logIn(
  services: AccountServices,
  assertion: Assertion,
  caller: Caller,
): Promise<Sessions.OpenedSession> {
  await services.limits.take("anonymous", caller.network);
  const id = assertion.id as PasskeyId;
  const now = services.now();
  const found = await withSystem(services.db, async (tx) => {
    const row = await PasskeyRows.lock(tx, id);
    const user = row && (await Users.find(tx, row.userId));
    return row && user?.status === "active" ? { row, user } : undefined;
  });
  try {
    return await logInWith(services, assertion, found, caller, now);
  } catch (error) {
    const isRefused = error instanceof AppError && error.code === "passkey_refused";
    if (isRefused && found) auditRefusal(services, found.user.id, caller, "session.passkey_refused");
    throw error;
  }
}

async function logInWith(
  services: AccountServices,
  assertion: Assertion,
  found: { row: PasskeyRows.PasskeyRow; user: Users.User } | undefined,
  caller: Caller,
  now: Date,
): Promise<Sessions.OpenedSession> {
  const id = assertion.id as PasskeyId;
  const info = await verified(async () => {
    // The challenge is used up for an unknown passkey, too: no answer tells which ones exist.
    const { verifyAuthenticationResponse } = await webauthn();
    const { verified: isGood, authenticationInfo } = await verifyAuthenticationResponse({
      response: assertion as unknown as AuthenticationResponseJSON,
      expectedChallenge: (challenge) => isOurs(services, challenge, "login", null),
      expectedOrigin: new URL(services.publicUrl()).origin,
      expectedRPID: relyingPartyId(services),
      credential: credentialOf(found?.row),
      requireUserVerification: true,
    });
    return isGood && found && belongsTo(assertion, found.user.id) ? authenticationInfo : undefined;
  });
  const user = found?.user;
  if (!user) throw new AppError("passkey_refused");
  return Sessions.open(
    services,
    { id: user.id, username: user.username },
    caller,
    "session.passkey_log_in",
    async (tx) => {
      if ((await Users.lock(tx, user.id))?.status !== "active") throw new AppError("passkey_refused");
      // Again under the lock: of two uses of one answer the second sees the counter that the first left.
      const row = await PasskeyRows.lock(tx, id);
      const isCopy = row !== undefined && row.counter > 0 && info.newCounter <= row.counter;
      if (!row || isCopy) throw new AppError("passkey_refused");
      await PasskeyRows.use(tx, id, info.newCounter, now);
    },
  );
}

export async function list({ db }: AccountServices, userId: UserId): Promise<Passkey[]> {
  return (await withSystem(db, (tx) => PasskeyRows.list(tx, userId))).map(toPasskey);
}

/** Throws `not_found`, `recent_login_required`. */
export async function remove(
  services: AccountServices,
  session: ActiveSession,
  id: PasskeyId,
  caller: Caller,
): Promise<void> {
  const at = services.now();
  requireRecentLogin(session, at);
  const userId = session.user.id;
  const { email } = await withSystem(services.db, async (tx) => {
    const user = await lockLiveSession(tx, session);
    if (!(await PasskeyRows.remove(tx, userId, id))) throw new AppError("not_found");
    await audit(tx, userId, caller, {
      action: "account.passkey_remove",
      at,
      target: { type: "passkey", id },
    });
    return user;
  });
  tell(services, email, "One of its passkeys was removed.");
}

const toPasskey = (
  row: Pick<PasskeyRows.PasskeyRow, "id" | "name" | "createdAt" | "lastUsedAt">,
): Passkey => ({
  id: row.id,
  name: row.name,
  createdAt: row.createdAt.toISOString(),
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
});

async function keep(
  { db, now }: AccountServices,
  challenge: string,
  purpose: "register" | "login",
  userId: UserId | null,
): Promise<void> {
  const expiresAt = new Date(now().getTime() + CHALLENGE_LIFETIME_MS);
  await withSystem(db, (tx) =>
    PasskeyRows.addChallenge(tx, { challengeHash: hashOf(challenge), purpose, userId, expiresAt }),
  );
}

/** Uses the challenge up. */
async function isOurs(
  { db, now }: AccountServices,
  challenge: string,
  purpose: "register" | "login",
  userId: UserId | null,
): Promise<boolean> {
  const kept = await withSystem(db, (tx) =>
    PasskeyRows.consumeChallenge(tx, { challengeHash: hashOf(challenge), purpose, now: now() }),
  );
  return kept !== undefined && kept.userId === userId;
}

/** The library throws plain Errors for everything that a client may get wrong. */
async function verified<T>(check: () => Promise<T | undefined>): Promise<T> {
  let info: T | undefined;
  try {
    info = await check();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("passkey_refused", { cause });
  }
  if (info === undefined) throw new AppError("passkey_refused");
  return info;
}

const credentialOf = (row: PasskeyRows.PasskeyRow | undefined) => ({
  id: row?.id ?? "",
  publicKey: new Uint8Array(row?.publicKey ?? []),
  counter: row?.counter ?? 0,
  transports: (row?.transports ?? []) as AuthenticatorTransport[],
});

const belongsTo = (assertion: Assertion, userId: UserId): boolean => {
  const { userHandle } = assertion.response;
  return userHandle === undefined || userHandle === Buffer.from(bytesOf(userId)).toString("base64url");
};

const relyingPartyId = ({ publicUrl }: AccountServices): string => new URL(publicUrl()).hostname;
const bytesOf = (id: UserId) => new Uint8Array(Buffer.from(id.replaceAll("-", ""), "hex"));
const hashOf = (challenge: string): Uint8Array => createHash("sha256").update(challenge).digest();
