/** Words for what the server says about a form: the fields' own reasons where it gives any. */
import { PASSWORD_CODE_POINTS_MIN, USERNAME_CODE_POINTS_MIN } from "@parley/contract/limits";
import { ParleyError } from "@parley/sdk/parley-error";

const words: Readonly<Record<string, string>> = {
  "password.too_short": `Use at least ${PASSWORD_CODE_POINTS_MIN} characters for the password.`,
  "password.too_long": "That password is too long.",
  "username.too_short": `Use at least ${USERNAME_CODE_POINTS_MIN} characters for the user name.`,
  "username.too_long": "That user name is too long.",
  "username.space": "A user name can't contain spaces.",
  "tag.too_short": "Use at least two letters or digits for the tag.",
  "tag.too_long": "A tag has 16 letters and digits at the most.",
  "tag.not_alphanumeric": "A tag has letters A to Z and digits only.",
  "username.at_sign": "A user name can't contain an @.",
  "email.invalid_email": "That is not an email address.",
  "email.too_long": "That email address is too long.",
  "code.six_digits": "The code has six digits.",
  "name.too_short": "Type a name.",
  "name.too_long": "That name is too long.",
  "name.hidden_character": "The name contains characters that can't be seen.",
  "username.hidden_character": "The user name contains characters that can't be seen.",
};

export function formWords(error: unknown): string {
  // The browser's own dialogs, for passkeys, end like this.
  if (error instanceof Error && error.name === "NotAllowedError")
    return "The browser cancelled that, or it took too long. Try again.";
  if (error instanceof Error && error.name === "InvalidStateError")
    return "This device has a passkey for your account already.";
  if (!(error instanceof ParleyError)) return "Something unexpected failed. Reload and try again.";
  const fields = error.errors.flatMap(({ path, code }) => words[`${path}.${code}`] ?? []);
  return fields.length > 0 ? fields.join(" ") : error.message;
}
