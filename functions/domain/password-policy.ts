/** Which passwords may be chosen (NIST SP 800-63B §5.1.1.2): long enough, not well known, not the own name. */
import { AppError } from "@parley/contract/errors";
import { codePoints } from "@parley/contract/text";
import { nameKey } from "@parley/db/name-key";

const DIFFERENT_MIN = 5;
/** What people put around a common word to make it long enough. */
const TRIMMINGS_MAX = 6;
const TRIMMINGS = /^[^\p{L}]+|[^\p{L}]+$/gu;
/** What fingers run along; read backwards, too. */
const ROWS = ["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];
const RUN_MIN = 4;

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
  const common = await commonPasswords();
  const unit = repeatedUnit(key);
  const isCommon = [key, unit, core(key), core(unit)].some((text) => common.has(text));
  const isRepeat = unit !== key && codePoints(unit) < codePointsMin;
  if (isCommon || isRepeat || new Set(key).size < DIFFERENT_MIN || isMostlyRuns(key)) {
    throw new AppError("password_too_weak");
  }
}

/** The shortest text of which this one is a repetition: itself, as a rule. */
const repeatedUnit = (text: string): string => text.slice(0, `${text}${text}`.indexOf(text, 1));

/** Without the digits and signs around it, where those are few. */
function core(text: string): string {
  const inner = text.replaceAll(TRIMMINGS, "");
  return text.length - inner.length <= TRIMMINGS_MAX ? inner : text;
}

/** Whether little is left of it without runs along a row of keys, the alphabet or the digits. */
function isMostlyRuns(text: string): boolean {
  let left = 0;
  for (let at = 0; at < text.length; ) {
    const run = runLength(text, at);
    if (run < RUN_MIN) left++;
    at += run < RUN_MIN ? 1 : run;
  }
  return left < DIFFERENT_MIN;
}

function runLength(text: string, from: number): number {
  let length = 1;
  while (from + length < text.length && isOnARow(text.slice(from, from + length + 1))) length++;
  return length;
}

const isOnARow = (text: string): boolean =>
  ROWS.some((row) => row.includes(text) || row.includes([...text].reverse().join("")));

let common: Promise<ReadonlySet<string>> | undefined;

/** 49,233 and our own name; unpacked when first needed, since most starts of a function never choose a password. */
function commonPasswords(): Promise<ReadonlySet<string>> {
  common ??= import("@zxcvbn-ts/language-common").then(
    ({ dictionary }) => new Set([...dictionary["passwords-common"], "parley"]),
  );
  return common;
}
