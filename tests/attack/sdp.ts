/** Offers that must be refused with a code, while others' calls go on. */
import type { Attack } from "./attack.ts";

const OFFERS: readonly [string, (honest: string) => string, readonly string[]][] = [
  ["empty", () => "", ["message_invalid"]],
  ["of 32 KiB and a byte", (sdp) => sdp.padEnd(32 * 1024 + 1, "x"), ["message_invalid", "sdp_invalid"]],
  // Ten thousand of either don't fit into 32 KiB; these are as many as do, and each is well-formed.
  ["with 1,200 m-lines", (sdp) => sdp + mLines(1_200), ["sdp_invalid"]],
  ["with 6,000 attributes", (sdp) => sdp + "a=\r\n".repeat(6_000), ["sdp_invalid"]],
  ["without a fingerprint", (sdp) => sdp.replace(/a=fingerprint.*\r\n/g, ""), ["sdp_invalid"]],
  ["with a sha-1 fingerprint", (sdp) => sdp.replaceAll("sha-256", "sha-1"), ["sdp_invalid"]],
  ["whose fingerprints differ", (sdp) => sdp.replace(/sha-256 ../, "sha-256 00"), ["sdp_invalid"]],
  ["with a short ICE password", (sdp) => sdp.replace(/a=ice-pwd.*/g, "a=ice-pwd:short"), ["sdp_invalid"]],
  ["with the same mid twice", (sdp) => sdp.replace("a=mid:1", "a=mid:0"), ["sdp_invalid"]],
  ["that bundles foreign mids", (sdp) => sdp.replace("BUNDLE 0", "BUNDLE 77 0"), ["sdp_invalid"]],
  ["with extension id 0", (sdp) => sdp.replace("extmap:1 ", "extmap:0 "), ["sdp_invalid"]],
  ["without Opus", (sdp) => sdp.replaceAll("opus/48000/2", "PCMU/8000"), ["sdp_without_audio"]],
  [
    "of somebody who wants to be the DTLS server",
    (sdp) => sdp.replaceAll("actpass", "passive"),
    ["sdp_invalid"],
  ],
];

const mLines = (count: number) => Array.from({ length: count }, (_, n) => `m=x 0 y\na=mid:x${n}\n`).join("");

export const sdpAttacks: readonly Attack[] = OFFERS.map(([name, change, codes]) => ({
  name: `Offer ${name}`,
  async run({ arena, victim, note, require }) {
    const signal = await arena.signal();
    const offer = change(victim.client.offer);
    signal.send({ type: "hello", versions: [1], token: await arena.token(), offer });
    const [{ code }, close] = await Promise.all([signal.next("error"), signal.closed]);
    note(`refused with ${code}, closed with ${close}`);
    require(codes.includes(code), `the code is ${codes.join(" or ")}`);
  },
}));
