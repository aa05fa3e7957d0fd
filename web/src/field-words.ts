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
  "name.too_short": "Type a name.",
  "name.too_long": "That name is too long.",
  "name.hidden_character": "The name contains characters that can't be seen.",
  "username.hidden_character": "The user name contains characters that can't be seen.",
};

export function formWords(error: unknown): string {
  if (!(error instanceof ParleyError)) return "Something unexpected failed. Reload and try again.";
  const fields = error.errors.flatMap(({ path, code }) => words[`${path}.${code}`] ?? []);
  return fields.length > 0 ? fields.join(" ") : error.message;
}
