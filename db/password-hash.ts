/** Argon2id with OWASP's second choice of parameters: 19 MiB, two passes, one lane. */

/** Kept, since to import anew what is loaded costs 0.1 ms each time. */
let loading: Promise<typeof import("@node-rs/argon2")> | undefined;
/** Native code, loaded with the first password: most starts of a function in the cloud see none. */
const argon2 = () => {
  loading ??= import("@node-rs/argon2");
  return loading;
};

const OPTIONS = {
  // 2 is Argon2id. The library's name for it is a const enum, which type stripping can't read.
  algorithm: 2,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
} as const;

/** Gives the PHC string, with a random salt. Takes about 20 ms of one core: bound how many run at once. */
export const hashPassword = async (password: string): Promise<string> =>
  (await argon2()).hash(password, OPTIONS);

/** Whether the password is the one that was hashed. Costs as much as hashing. */
export const verifyPassword = async (passwordHash: string, password: string): Promise<boolean> =>
  (await argon2()).verify(passwordHash, password);

const CURRENT = `$argon2id$v=19$m=${OPTIONS.memoryCost},t=${OPTIONS.timeCost},p=${OPTIONS.parallelism}$`;

/** As costly to verify as any present one, and nobody's: what an unknown user's password is checked against. */
export const NOBODYS_HASH = `${CURRENT}InxnofOSQb3nZnMx90MXCg$I4Imb2lASR9k5sVYhj6JwZjJkTaltsIinlkGF5DythA`;

/** Whether the hash was made with other parameters than these, so that the next log-in should make it anew. */
export const isOutdated = (passwordHash: string): boolean => !passwordHash.startsWith(CURRENT);
