/** A well-formed offer of a client that never sends a packet: enough to be in a room. */
import { writeTestOffer } from "@parley/media-node/rtc/testing/test-offer";

const FINGERPRINT = Array.from({ length: 32 }, (_, index) => (index + 16).toString(16).toUpperCase()).join(
  ":",
);

export const silentOffer = (voices: number): string =>
  writeTestOffer({
    ufrag: "abcd",
    password: "0123456789012345678901",
    fingerprint: FINGERPRINT,
    ssrc: 1234,
    voices,
  });
