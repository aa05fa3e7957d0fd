/** Registration and the check of a log-in. */
import type { LoginRequest, RegisterRequest, User } from "@parley/contract/accounts";
import { AppError } from "@parley/contract/errors";
import type { Database } from "@parley/db/client";
import { nameKey } from "@parley/db/name-key";
import * as Users from "@parley/db/queries/users";
import { withSystem } from "@parley/db/scope";
import type { PasswordQueue } from "./password-queue.ts";

/** Hash of a random password that nobody knows: what an unknown user's password is checked against. */
const DUMMY_HASH =
  "$argon2id$v=19$m=19456,t=2,p=1$InxnofOSQb3nZnMx90MXCg$I4Imb2lASR9k5sVYhj6JwZjJkTaltsIinlkGF5DythA";

interface Services {
  db: Database;
  passwords: PasswordQueue;
  now: () => Date;
}

/** Throws `password_too_weak`, `name_taken` or `unavailable`. */
export async function register(services: Services, request: RegisterRequest): Promise<User> {
  const { username, password } = request;
  if (nameKey(password).includes(nameKey(username))) {
    throw new AppError("password_too_weak");
  }
  const passwordHash = await services.passwords.hash(password);
  const user = await withSystem(services.db, (tx) =>
    Users.create(tx, { username, passwordHash, now: services.now() }),
  );
  if (!user) throw new AppError("name_taken");
  return user;
}

/**
 * Throws `invalid_credentials` for an unknown name, a wrong password and a disabled account alike, after the
 * same work, so that neither answer nor time tells which names exist.
 */
export async function authenticate(services: Services, request: LoginRequest): Promise<User> {
  const user = await withSystem(services.db, (tx) => Users.findByUsername(tx, request.username));
  const matches = await services.passwords.verify(user?.passwordHash ?? DUMMY_HASH, request.password);
  if (!user || !matches || user.status !== "active") throw new AppError("invalid_credentials");
  return { id: user.id, username: user.username };
}
