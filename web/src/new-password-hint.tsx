import type { VoiceClient } from "@parley/sdk/voice-client";
import { useEffect, useState } from "react";

/** For `aria-describedby`: id "password-hint". How long is long enough is the installation's choice. */
export function NewPasswordHint({ client }: { client: VoiceClient }) {
  const [atLeast, setAtLeast] = useState<number>();
  useEffect(() => {
    let isShown = true;
    // Without an answer the hint says less, and a password that is too short is refused with words.
    client.settings().then(
      ({ passwordCodePointsMin }) => isShown && setAtLeast(passwordCodePointsMin),
      () => {},
    );
    return () => {
      isShown = false;
    };
  }, [client]);
  return (
    <p className="quiet small" id="password-hint">
      {atLeast === undefined
        ? "A few words in a row are fine."
        : `At least ${atLeast} characters; a few words in a row are fine.`}
    </p>
  );
}
