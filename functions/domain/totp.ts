/** Time-based one-time passwords (RFC 6238: SHA-1, six digits, 30 s, which is what authenticator apps know). */
import { createHash, randomBytes, randomInt } from "node:crypto";
import { AppError } from "@parley/contract/errors";
import type { UserId } from "@parley/contract/ids";
import type { TotpEnrolment } from "@parley/contract/second-factors";
import * as RecoveryCodes from "@parley/db/queries/recovery-codes";
import type { ActiveSession } from "@parley/db/queries/sessions";
import * as TotpSecrets from "@parley/db/queries/totp-secrets";
import * as Users from "@parley/db/queries/users";
import { withSystem } from "@parley/db/scope";
import { Secret, TOTP } from "otpauth";
import { deriveSecret, type SigningKeys } from "../keys.ts";
import { type AccountServices, audit, auditRefusal, type Caller } from "./account-services.ts";
import { lockLiveSession } from "./live-session.ts";
import { tell } from "./mailer.ts";
import { requireRecentLogin } from "./recent-login.ts";
import { seal, unseal } from "./sealed.ts";

const ISSUER = "Parley";
/** RFC 4226 §4 recommends 160 bits. */
const SECRET_BYTES = 20;
const PERIOD_SECONDS = 30;
/** Steps to either side: the phone's clock may be a little off. */
const WINDOW = 1;
const RECOVERY_CODES = 10;
/** Without those that look like another: 4.95 bits each. */
const ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";
/** 99 bits, and each account's hashed apart: beyond who has a copy of the database and time for all of them. */
const RECOVERY_CODE_LETTERS = 20;

/** A secret to put into an authenticator app. Throws `recent_login_required`, `bad_request` where it is on. */
export async function enrol(services: AccountServices, session: ActiveSession): Promise<TotpEnrolment> {
  requireRecentLogin(session, services.now());
  const { id, username } = session.user;
  const secret = randomBytes(SECRET_BYTES);
  const sealedSecret = seal(sealKey(services.keys), secret, id);
  const isNew = await withSystem(services.db, async (tx) => {
    await lockLiveSession(tx, session);
    return TotpSecrets.propose(tx, { userId: id, sealedSecret, now: services.now() });
  });
  if (!isNew) throw new AppError("bad_request", { detail: "Codes are on already. Switch them off first." });
  const totp = totpOf(secret, username);
  return { secret: totp.secret.base32, uri: totp.toString() };
}

/** Switches codes on and gives the recovery codes. Throws `second_factor_wrong`, `not_found` without enrolment. */
export async function confirm(
  services: AccountServices,
  session: ActiveSession,
  code: string,
  caller: Caller,
): Promise<string[]> {
  const now = services.now();
  requireRecentLogin(session, now);
  const userId = session.user.id;
  await services.limits.take("secondFactor", userId);
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  const user = await withSystem(services.db, async (tx) => {
    const owner = await lockLiveSession(tx, session);
    const row = await TotpSecrets.find(tx, userId);
    if (!row || row.confirmedAt) throw new AppError("not_found");
    const step = stepOf(services, row, code, now);
    if (step === undefined || !(await TotpSecrets.confirm(tx, userId, step, now))) return undefined;
    const hashes = codes.map((recoveryCode) => hashRecoveryCode(userId, recoveryCode));
    await RecoveryCodes.replace(tx, userId, hashes);
    await audit(tx, userId, caller, { action: "account.totp_on", at: now });
    return owner;
  });
  if (!user) {
    auditRefusal(services, userId, caller, "account.totp_wrong");
    throw new AppError("second_factor_wrong");
  }
  tell(services, user.email, "Logging in with its password asks for a code of an authenticator app now.");
  await services.limits.forgive("secondFactor", userId);
  return codes;
}

/** Throws `not_found` where codes are off. */
export async function disable(
  services: AccountServices,
  session: ActiveSession,
  caller: Caller,
): Promise<void> {
  const now = services.now();
  requireRecentLogin(session, now);
  const userId = session.user.id;
  const { email } = await withSystem(services.db, async (tx) => {
    const user = await lockLiveSession(tx, session);
    if (!(await TotpSecrets.remove(tx, userId))) throw new AppError("not_found");
    await RecoveryCodes.replace(tx, userId, []);
    await audit(tx, userId, caller, { action: "account.totp_off", at: now });
    return user;
  });
  tell(services, email, "Logging in asks for no code of an authenticator app any more.");
}

/**
 * The second half of a log-in, after the password: `row` is what is kept of the account's codes. Throws
 * `second_factor_required` where a code is missing, `second_factor_wrong`, `rate_limited`. An account without a
 * second factor passes, whatever is sent.
 */
export async function check(
  services: AccountServices,
  row: TotpSecrets.TotpSecret | null,
  code: string | undefined,
  caller: Caller,
): Promise<void> {
  if (!row?.confirmedAt) return;
  if (code === undefined) throw new AppError("second_factor_required");
  await services.limits.take("secondFactor", row.userId);
  try {
    if (!(await consume(services, row, code, caller))) throw new AppError("second_factor_wrong");
  } catch (error) {
    // Who gets here knows the password: the one line that its owner should see.
    const isWrong = error instanceof AppError && error.code === "second_factor_wrong";
    if (isWrong) auditRefusal(services, row.userId, caller, "session.second_factor_failed");
    throw error;
  }
  await services.limits.forgive("secondFactor", row.userId);
}

async function consume(
  services: AccountServices,
  row: TotpSecrets.TotpSecret,
  code: string,
  caller: Caller,
): Promise<boolean> {
  const now = services.now();
  const { userId } = row;
  if (/^\d{6}$/.test(code)) {
    const step = stepOf(services, row, code, now);
    return step !== undefined && withSystem(services.db, (tx) => TotpSecrets.takeStep(tx, userId, step));
  }
  const user = await withSystem(services.db, async (tx) => {
    if (!(await RecoveryCodes.consume(tx, userId, hashRecoveryCode(userId, code), now))) return undefined;
    await audit(tx, userId, caller, { action: "account.recovery_code", at: now });
    return Users.find(tx, userId);
  });
  tell(
    services,
    user?.email,
    "One of its recovery codes was used in place of a code of the authenticator app.",
  );
  return user !== undefined;
}

/**
 * The time step whose code this is; undefined for a wrong one. Throws `second_factor_wrong` where the secret was sealed
 * under keys that are lost: nobody's code can be right then.
 */
function stepOf(
  { keys, logger }: AccountServices,
  row: TotpSecrets.TotpSecret,
  code: string,
  now: Date,
): number | undefined {
  let secret: Uint8Array;
  try {
    secret = unseal(sealKey(keys), row.sealedSecret, row.userId);
  } catch (cause) {
    logger.warn(
      { userId: row.userId },
      "an authenticator secret can't be opened: the keys are others than when it was set up",
    );
    const detail =
      "This server can't check your authenticator app any more. Use a recovery code, then set codes up anew.";
    throw new AppError("second_factor_wrong", { detail, cause });
  }
  const totp = totpOf(secret, "");
  const delta = totp.validate({ token: code, timestamp: now.getTime(), window: WINDOW });
  return delta === null ? undefined : totp.counter({ timestamp: now.getTime() }) + delta;
}

function totpOf(secret: Uint8Array, label: string): TOTP {
  const bytes = new Uint8Array(secret);
  return new TOTP({
    issuer: ISSUER,
    label,
    algorithm: "SHA1",
    digits: 6,
    period: PERIOD_SECONDS,
    secret: new Secret({ buffer: bytes.buffer }),
  });
}

const sealKey = (keys: SigningKeys): Uint8Array => deriveSecret(keys, "totp");

function newRecoveryCode(): string {
  const letter = () => ALPHABET[randomInt(ALPHABET.length)];
  const letters = Array.from({ length: RECOVERY_CODE_LETTERS }, letter).join("");
  return letters.replaceAll(/(.{5})(?=.)/g, "$1-");
}

/**
 * However it was typed: with or without dashes, in any case. Not keyed by `keys.secret`: these codes are what is left
 * when that is lost.
 */
const hashRecoveryCode = (userId: UserId, code: string): Uint8Array =>
  createHash("sha256")
    .update(`${userId} ${code.toLowerCase().replaceAll(/[\s-]/g, "")}`)
    .digest();
