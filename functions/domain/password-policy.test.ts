import { expect, test } from "vitest";
import { checkNewPassword } from "./password-policy.ts";

const verdict = (password: string, username = "dora") =>
  checkNewPassword(password, username, 12).then(
    () => "taken",
    (error) => error.code,
  );

test.each([
  "password1234",
  "qwertyuiop123",
  "1q2w3e4r5t6y",
  "aaaaaaaaaaaa",
  "000000000000",
  "abababababab",
  "password2024",
  "Password123!",
  "2024password",
  "letmein12345",
  "parleyparley",
  "parley123456",
  "abcabcabcabc",
  "abcdefghijkl",
  "987654321098",
  "zyxwvutsrqpo",
  "asdfghjklqwerty",
  "dragondragon",
])("%s is too easy to guess", async (password) => {
  expect(await verdict(password)).toBe("password_too_weak");
});

test.each([
  "correct horse battery",
  "a wholly new passphrase",
  "tr0mbone-Kiesel-94",
  "Donaudampfschiff",
  "493 817 205 664",
  "\u6b63\u786e\u7684\u9a6c\u7535\u6c60\u8ba2\u4e66\u9489\u7f16\u53f7\u5341",
  "mein Hund heisst nicht dragon",
])("%s may be chosen", async (password) => {
  expect(await verdict(password)).toBe("taken");
});

test("the user name within it, or too few characters, are said as such", async () => {
  expect(await verdict("xx-DORA-xx-yy")).toBe("password_too_weak");
  expect(await verdict("x7-k!")).toBe("validation_failed");
});
