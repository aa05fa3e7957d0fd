import type { Mutation, Mutations } from "../mutation.ts";
import { without } from "./guards.ts";

const OFFER = "media-node/rtc/offer.ts";
const SECTION = "media-node/rtc/sdp-section.ts";
const SIGNAL = "contract/signal.ts";

const inOffer = (removes: string, from: string, to = ""): Mutation[] =>
  without(removes, { file: OFFER, from, to });

const FRAMES = without("frames have at most 48 KiB", {
  file: "media-node/signal/signal-server.ts",
  from: "maxPayload: SIGNAL_HELLO_BYTES_MAX,",
  to: "",
});

export const sdpMutations: Mutations = {
  "Offer empty": without("an offer isn't empty", {
    file: SIGNAL,
    from: "offer: z.string().min(1)",
    to: "offer: z.string()",
  }),
  "Offer of 32 KiB and a byte": without(
    "an offer has at most 32 KiB",
    { file: SIGNAL, from: ".max(SDP_BYTES_MAX)", to: "" },
    { file: SECTION, from: "if (Buffer.byteLength(sdp) > SDP_BYTES_MAX)", to: "if (false)" },
  ),
  "Offer with as many m-lines as fit": without("an offer has at most 64 m-lines", {
    file: SECTION,
    from: "if (media.length > MEDIA_SECTIONS_MAX)",
    to: "if (false)",
  }),
  "Offer with 10,000 m-lines": FRAMES,
  "Offer with 10,000 candidates": FRAMES,
  "Offer with as many candidates as fit, all of them a stranger's": without(
    "nothing is sent to where an offer says",
    {
      file: "media-node/rtc/voice-transport.ts",
      from: "const offer = parseOffer(sdp);",
      to: `const offer = parseOffer(sdp);
    for (const [, ip, port] of sdp.matchAll(/a=candidate:\\d+ 1 udp \\d+ (\\S+) (\\d+)/g))
      this.#options.udp.send("hello", Number(port), ip);`,
    },
  ),
  "Offer with 6,000 attributes": without(
    "an offer has at most 4,000 lines",
    { file: SECTION, from: "sdp.split(/\\r?\\n/, LINES_MAX + 1)", to: "sdp.split(/\\r?\\n/)" },
    { file: SECTION, from: "lines.length > LINES_MAX || ", to: "" },
  ),
  "Offer without a fingerprint": without(
    "there is a fingerprint",
    { file: OFFER, from: "if (fingerprints.size === 0)", to: "if (false)" },
    { file: OFFER, from: "if (!/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/.test(fingerprint))", to: "if (false)" },
  ),
  "Offer with a sha-1 fingerprint": inOffer(
    "only SHA-256 proves anything",
    '.filter((value) => /^sha-256 /i.test(value))\n      .map((value) => value.slice("sha-256 ".length).toUpperCase())',
    '.map((value) => (value.split(" ")[1] ?? "").toUpperCase())',
  ),
  "Offer whose fingerprints differ": inOffer(
    "there is one fingerprint",
    "if (fingerprints.size > 1)",
    "if (false)",
  ),
  "Offer with a short ICE password": inOffer(
    "a password has 22 characters",
    "|| !/^[\\w+/-]{22,256}$/.test(icePassword))",
    ")",
  ),
  "Offer with the same mid twice": without(
    "mids are distinct",
    { file: OFFER, from: "if (mids.size !== sections.length)", to: "if (false)" },
    { file: OFFER, from: "if (bundled.some((mid) => !mids.has(mid)))", to: "if (false)" },
  ),
  "Offer that bundles foreign mids": inOffer(
    "the bundle's mids are there",
    "if (bundled.some((mid) => !mids.has(mid)))",
    "if (false)",
  ),
  "Offer with extension id 0": inOffer(
    "extension ids count from 1",
    "if (extensions.some(({ id }) => !(id >= 1 && id <= 255)))",
    "if (false)",
  ),
  "Offer without Opus": inOffer("there is Opus", "if (opus === undefined)", "if (false)"),
  "Offer of somebody who wants to be the DTLS server": inOffer(
    "the client begins DTLS",
    'if (attributesOf(lines, "setup").some((role) => role !== "actpass" && role !== "active"))',
    "if (false)",
  ),
};
