/**
 * `npm run hash-password`: reads a password from standard input, never from arguments, which other users of the
 * machine can see, and prints its Argon2id hash.
 */
import { text } from "node:stream/consumers";
import { hashPassword } from "../password-hash.ts";
import { fail } from "./command.ts";

try {
  if (process.argv.length > 2) throw new Error("the password comes by standard input, not as an argument.");
  if (process.stdin.isTTY) process.stderr.write("Password (shown as you type), then Enter and Ctrl-D: ");
  const password = (await text(process.stdin)).replace(/\r?\n$/, "").normalize("NFC");
  if (password === "") throw new Error("standard input held no password.");
  process.stdout.write(`${await hashPassword(password)}\n`);
} catch (error) {
  fail("hash the password", error);
}
