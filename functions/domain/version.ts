/** Lost updates: who changes what they read before learns that somebody else has changed it since. */
import { createHash } from "node:crypto";
import { AppError } from "@parley/contract/errors";

/** Versions that the change was made for; undefined where the caller doesn't say. */
export type ExpectedVersions = readonly string[] | undefined;

/** Of plain data: equal content has an equal version, wherever it was read. */
export const versionOf = (content: unknown): string =>
  createHash("sha256").update(JSON.stringify(content)).digest("base64url").slice(0, VERSION_CHARACTERS);

/** Under the lock that the change is made under. Throws `changed_meanwhile`. */
export function assertExpected(expected: ExpectedVersions, version: string): void {
  if (expected && !expected.includes(version)) throw new AppError("changed_meanwhile");
}

const VERSION_CHARACTERS = 16;
