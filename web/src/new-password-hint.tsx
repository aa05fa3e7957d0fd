import { PASSWORD_CODE_POINTS_MIN } from "@parley/contract/limits";

/** For `aria-describedby`: id "password-hint". */
export function NewPasswordHint() {
  return (
    <p className="quiet small" id="password-hint">
      At least {PASSWORD_CODE_POINTS_MIN} characters; a few words in a row are fine.
    </p>
  );
}
