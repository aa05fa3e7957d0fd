/** Words for what the server says about a form: the fields' own reasons where it gives any. */
import { PASSWORD_CODE_POINTS_MIN, USERNAME_CODE_POINTS_MIN } from "@parley/contract/limits";
import { ParleyError } from "@parley/sdk/parley-error";

const words: Readonly<Record<string, string>> = {
  "password.too_short": `Use at least ${PASSWORD_CODE_POINTS_MIN} characters for the password.`,
  "password.too_long": "That password is too long.",
  "username.too_short": `Use at least ${USERNAME_CODE_POINTS_MIN} characters for the user name.`,
  "username.too_long": "That user name is too long.",
  "username.space": "A user name can't contain spaces.",
  "username.hidden_character": "The user name contains characters that can't be seen.",
};

export function formWords(error: unknown): string {
  if (!(error instanceof ParleyError)) return "Something unexpected failed. Reload and try again.";
  const fields = error.errors.flatMap(({ path, code }) => words[`${path}.${code}`] ?? []);
  return fields.length > 0 ? fields.join(" ") : error.message;
}
