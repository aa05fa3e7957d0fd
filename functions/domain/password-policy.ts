/** Which passwords may be chosen (NIST SP 800-63B §5.1.1.2): long enough, not well known, not the own name. */
import { AppError } from "@parley/contract/errors";
import { codePoints } from "@parley/contract/text";
import { nameKey } from "@parley/db/name-key";

/** Throws `validation_failed` for one that is too short, else `password_too_weak`. */
export async function checkNewPassword(
  password: string,
  username: string,
  codePointsMin: number,
): Promise<void> {
  if (codePoints(password) < codePointsMin) {
    throw new AppError("validation_failed", { errors: [{ path: "password", code: "too_short" }] });
  }
  const key = nameKey(password);
  if (key.includes(nameKey(username))) {
    throw new AppError("password_too_weak", { detail: "The password must not contain the user name." });
  }
  if ((await commonPasswords()).has(key)) throw new AppError("password_too_weak");
}

let common: Promise<ReadonlySet<string>> | undefined;

/** Some 49,000; unpacked when first needed, since most starts of a function never choose a password. */
function commonPasswords(): Promise<ReadonlySet<string>> {
  common ??= import("@zxcvbn-ts/language-common").then(
    ({ dictionary }) => new Set(dictionary["passwords-common"]),
  );
  return common;
}
