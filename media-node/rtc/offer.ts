/**
 * Reads what a node must know of a client's SDP offer (RFC 8866, RFC 8829) before anything is built for it:
 * cheap, bounded, and each refusal with a code.
 */
import { AppError } from "@parley/contract/errors";
import { SDP_BYTES_MAX } from "@parley/contract/limits";

const AUDIO_LEVEL_URI = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
const MEDIA_SECTIONS_MAX = 64;
const LINES_MAX = 4_000;

export interface Offer {
  sdp: string;
  /** Receive m-lines: as many voices can be sent to this client. */
  receiveSections: number;
  sendsAudio: boolean;
  /** Extension id of RFC 6464 in this session, undefined where the client doesn't send levels. */
  audioLevelId: number | undefined;
}

export function parseOffer(sdp: string): Offer {
  if (Buffer.byteLength(sdp) > SDP_BYTES_MAX)
    throw new AppError("sdp_invalid", { detail: "The SDP is too large." });
  const lines = sdp.split(/\r?\n/, LINES_MAX + 1);
  if (lines.length > LINES_MAX || lines[0] !== "v=0")
    throw new AppError("sdp_invalid", { detail: "An SDP starts with v=0 and has at most 4,000 lines." });
  const sections = splitSections(lines);
  const session = sections[0] ?? [];
  const media = sections.slice(1);
  if (media.length > MEDIA_SECTIONS_MAX)
    throw new AppError("sdp_invalid", { detail: `The offer has more than ${MEDIA_SECTIONS_MAX} m-lines.` });
  const audio = media.filter((section) => section[0]?.startsWith("m=audio "));
  if (audio.length === 0) throw new AppError("sdp_without_audio");
  if (!audio.every((section) => section.some((line) => /^a=rtpmap:\d+ opus\/48000\/2$/i.test(line))))
    throw new AppError("sdp_without_audio", { detail: "Each audio m-line must offer Opus at 48,000 Hz." });
  requireTransport([session, ...media]);
  const sending = audio.find((section) => section.includes("a=sendonly") || section.includes("a=sendrecv"));
  return {
    sdp,
    receiveSections: audio.filter((section) => section.includes("a=recvonly")).length,
    sendsAudio: sending !== undefined,
    audioLevelId: sending && extensionId(sending, AUDIO_LEVEL_URI),
  };
}

function splitSections(lines: readonly string[]): string[][] {
  const sections: string[][] = [[]];
  for (const line of lines) {
    if (line.startsWith("m=")) sections.push([]);
    sections.at(-1)?.push(line);
  }
  return sections;
}

/** Without these no connection can be keyed or found; a sha-1 fingerprint alone proves nothing any more. */
function requireTransport(sections: readonly string[][]): void {
  const has = (pattern: RegExp) => sections.some((section) => section.some((line) => pattern.test(line)));
  if (!has(/^a=fingerprint:sha-256 ([0-9a-f]{2}:){31}[0-9a-f]{2}$/i))
    throw new AppError("sdp_invalid", { detail: "The offer has no sha-256 fingerprint." });
  if (!has(/^a=ice-ufrag:[\w+/]{4,256}$/) || !has(/^a=ice-pwd:[\w+/]{22,256}$/))
    throw new AppError("sdp_invalid", { detail: "The offer lacks ICE credentials (RFC 8445 §5.3)." });
}

function extensionId(section: readonly string[], uri: string): number | undefined {
  const line = section.find((text) => text.startsWith("a=extmap:") && text.split(" ")[1] === uri);
  const id = line === undefined ? Number.NaN : Number.parseInt(line.slice("a=extmap:".length), 10);
  return id >= 1 && id <= 14 ? id : undefined;
}
