/** Offers that must be refused with a code, or come to nothing, while others' calls go on. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { SDP_BYTES_MAX } from "@parley/contract/limits";
import type { Attack } from "./attack.ts";

const MANY = 10_000;
/** By then a client's check would have been answered, and asked back. */
const SENT_MS_MAX = 500;

const OFFERS: readonly [string, (honest: string) => string, readonly string[]][] = [
  ["empty", () => "", ["message_invalid"]],
  ["of 32 KiB and a byte", (sdp) => sdp.padEnd(32 * 1024 + 1, "x"), ["message_invalid", "sdp_invalid"]],
  ["with as many m-lines as fit", (sdp) => filled(sdp, mLine), ["sdp_invalid"]],
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

const mLine = (n: number) => `m=x 0 y\na=mid:x${n}\n`;
const candidate = (n: number, port = 9) => `a=candidate:${n} 1 udp 1 127.0.0.1 ${port} typ host\r\n`;

/** With as many of the lines as an offer may have. */
function filled(sdp: string, line: (n: number) => string): string {
  let whole = sdp;
  for (let n = 0; whole.length + line(n).length <= SDP_BYTES_MAX; n++) whole += line(n);
  return whole;
}

const refused: readonly Attack[] = OFFERS.map(([name, change, codes]) => ({
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

const LINES: readonly [string, (n: number) => string][] = [
  ["m-lines", mLine],
  ["candidates", candidate],
];

/** They don't get as far as to be read: the frame is too large, which needs no words. */
const unread: readonly Attack[] = LINES.map(([name, line]) => ({
  name: `Offer with ${MANY.toLocaleString("en")} ${name}`,
  async run({ arena, victim, note, require }) {
    const signal = await arena.signal();
    const offer = victim.client.offer + Array.from({ length: MANY }, (_, n) => line(n)).join("");
    signal.send({ type: "hello", versions: [1], token: await arena.token(), offer });
    const close = await signal.closed;
    note(`${offer.length.toLocaleString("en")} bytes, closed with ${close}`);
    require(close === 1009, "closed with 1009");
  },
}));

const strangersCandidates: Attack = {
  name: "Offer with as many candidates as fit, all of them a stranger's",
  async run({ arena, victim, note, require }) {
    const stranger = createSocket("udp4").bind(0, "127.0.0.1");
    await once(stranger, "listening");
    let datagrams = 0;
    stranger.on("message", () => datagrams++);
    const { port } = stranger.address();
    const offer = filled(victim.client.offer, (n) => candidate(n, port));
    const signal = await arena.signal();
    signal.send({ type: "hello", versions: [1], token: await arena.token(), offer });
    await signal.next("welcome");
    await new Promise((resolve) => setTimeout(resolve, SENT_MS_MAX));
    signal.send({ type: "leave" });
    const close = await signal.closed;
    stranger.close();
    note(`${offer.split("a=candidate").length - 1} candidates, ${datagrams} datagrams to them, ${close}`);
    require(datagrams === 0, "the stranger is sent nothing");
    require(close === 1000, "the socket lives until its client leaves");
  },
};

export const sdpAttacks: readonly Attack[] = [...refused, ...unread, strangersCandidates];
