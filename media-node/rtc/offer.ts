/**
 * Reads what a node must know of a client's SDP offer (RFC 8866, RFC 8829) before anything is built for it:
 * cheap, bounded, and each refusal with a code and a sentence.
 */
import { AppError } from "@parley/contract/errors";
import { attributesOf, invalidSdp, splitSdp } from "./sdp-section.ts";

const AUDIO_LEVEL_URI = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
const TOKEN = /^[\w!#$%&'*+.^`{|}~-]{1,64}$/;

export interface OfferSection {
  mid: string;
  /** The m-line's first words, to be repeated where it is refused: media, port, protocol. */
  kind: string;
  /** `send` and `receive` are the client's own; other m-lines are refused. */
  role: "send" | "receive" | "none";
  /** Payload type of Opus; undefined in an m-line that is refused. */
  opusPayloadType: number | undefined;
  /** Payload type of RED with Opus inside (RFC 2198), where it is offered. */
  redPayloadType: number | undefined;
  /** RED stands before Opus, so the client would rather have it. */
  prefersRed: boolean;
  /** The client asks again for Opus packets that it misses (RFC 4585 §6.2.1). */
  nack: boolean;
}

export interface Offer {
  sections: readonly OfferSection[];
  iceUfrag: string;
  icePassword: string;
  /** SHA-256 of the client's certificate, upper-case pairs with colons. */
  fingerprint: string;
  /** What the client may send; undefined where it only listens. */
  microphone:
    | {
        payloadType: number;
        redPayloadType: number | undefined;
        /** Undefined where the offer doesn't tell: then the first authentic one is it. */
        ssrc: number | undefined;
        /** Extension id of RFC 6464, undefined where the client doesn't send levels. */
        audioLevelId: number | undefined;
      }
    | undefined;
}

export function parseOffer(sdp: string): Offer {
  const { session, media } = splitSdp(sdp);
  const audio = media.filter((lines) => lines[0]?.startsWith("m=audio "));
  if (audio.length === 0) throw new AppError("sdp_without_audio");
  const sections = media.map((lines) => parseSection(lines));
  requireDistinctMids(sections, session);
  const sending = sections.findIndex((section) => section.role === "send");
  return {
    sections: sections.map((section, index) =>
      // One microphone: another sending m-line is refused, as video is.
      section.role === "send" && index !== sending ? { ...section, role: "none" } : section,
    ),
    ...transportOf(session, audio),
    microphone: sending < 0 ? undefined : microphoneOf(media[sending] ?? [], sections[sending]),
  };
}

function parseSection(lines: readonly string[]): OfferSection {
  const [kind = "", port = "", protocol = ""] = lines[0]?.slice(2).split(" ") ?? [];
  const mid = attributesOf(lines, "mid")[0] ?? "";
  if (!TOKEN.test(mid)) throw invalidSdp("Each m-line needs a mid (RFC 9143 §5).");
  if (!/^\w+$/.test(kind) || !/^\d{1,5}$/.test(port) || !/^[\w/]+$/.test(protocol))
    throw invalidSdp("An m-line can't be read.");
  const section: OfferSection = {
    mid,
    kind: `${kind} 0 ${protocol}`,
    role: "none",
    opusPayloadType: undefined,
    redPayloadType: undefined,
    prefersRed: false,
    nack: false,
  };
  if (kind !== "audio") return section;
  const opus = attributesOf(lines, "rtpmap").find((value) => /^\d{1,3} opus\/48000\/2$/i.test(value));
  if (opus === undefined)
    throw new AppError("sdp_without_audio", { detail: "Each audio m-line must offer Opus at 48,000 Hz." });
  const opusPayloadType = Number.parseInt(opus, 10);
  if (opusPayloadType > 127) throw invalidSdp("A payload type is at most 127.");
  if (!lines.includes("a=rtcp-mux")) throw invalidSdp("Each audio m-line must offer rtcp-mux (RFC 5761).");
  const redPayloadType = redOf(lines, opusPayloadType);
  const formats = lines[0]?.split(" ").slice(3) ?? [];
  const offered = {
    ...section,
    opusPayloadType,
    redPayloadType,
    prefersRed:
      redPayloadType !== undefined &&
      formats.indexOf(`${redPayloadType}`) < formats.indexOf(`${opusPayloadType}`),
    nack: offersNack(lines, [opusPayloadType, redPayloadType]),
  };
  if (lines.includes("a=recvonly")) return { ...offered, role: "receive" };
  return { ...offered, role: lines.includes("a=inactive") ? "none" : "send" };
}

/** Of any format that voice comes in; `*` stands for all of them (RFC 4585 §4.2). */
function offersNack(lines: readonly string[], payloadTypes: readonly (number | undefined)[]): boolean {
  const feedback = attributesOf(lines, "rtcp-fb");
  return ["*", ...payloadTypes].some((type) => feedback.includes(`${type} nack`));
}

/** RED whose parameters name Opus and nothing else (RFC 2198 §5). */
function redOf(lines: readonly string[], opusPayloadType: number): number | undefined {
  const type = Number.parseInt(
    attributesOf(lines, "rtpmap").find((value) => /^\d{1,3} red\/48000\/2$/i.test(value)) ?? "",
    10,
  );
  const parameters = attributesOf(lines, "fmtp").find((value) => value.startsWith(`${type} `));
  const inside = parameters?.split(" ")[1]?.split("/") ?? [];
  const isOpusOnly = inside.length > 0 && inside.every((each) => each === `${opusPayloadType}`);
  return type <= 127 && isOpusOnly ? type : undefined;
}

function requireDistinctMids(sections: readonly OfferSection[], session: readonly string[]): void {
  const mids = new Set(sections.map((section) => section.mid));
  if (mids.size !== sections.length) throw invalidSdp("Two m-lines have the same mid.");
  const bundled = attributesOf(session, "group")
    .filter((group) => group.startsWith("BUNDLE"))
    .flatMap((group) => group.split(" ").slice(1));
  if (bundled.some((mid) => !mids.has(mid)))
    throw invalidSdp("The BUNDLE group names a mid that isn't there.");
  const bundle = new Set(bundled);
  if (sections.length > 1 && sections.some(({ role, mid }) => role !== "none" && !bundle.has(mid)))
    throw invalidSdp("All audio m-lines must be in one BUNDLE group (RFC 9143).");
}

/** Without these no connection can be keyed or found. Bundled m-lines share one transport, so all must agree. */
function transportOf(session: readonly string[], audio: readonly (readonly string[])[]) {
  const lines = [...session, ...audio.flat()];
  const fingerprints = new Set(
    attributesOf(lines, "fingerprint")
      .filter((value) => /^sha-256 /i.test(value))
      .map((value) => value.slice("sha-256 ".length).toUpperCase()),
  );
  const [fingerprint = ""] = fingerprints;
  // A sha-1 fingerprint alone proves nothing any more.
  if (fingerprints.size === 0) throw invalidSdp("The offer has no sha-256 fingerprint.");
  if (fingerprints.size > 1) throw invalidSdp("The offer has several different fingerprints.");
  if (!/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/.test(fingerprint))
    throw invalidSdp("The fingerprint can't be read.");
  const iceUfrag = attributesOf(lines, "ice-ufrag")[0] ?? "";
  const icePassword = attributesOf(lines, "ice-pwd")[0] ?? "";
  if (!/^[\w+/]{4,256}$/.test(iceUfrag) || !/^[\w+/-]{22,256}$/.test(icePassword))
    throw invalidSdp("The offer lacks ICE credentials (RFC 8445 §5.3).");
  // We are the DTLS server, so the client must be willing to begin (RFC 5763 §5).
  if (attributesOf(lines, "setup").some((role) => role !== "actpass" && role !== "active"))
    throw invalidSdp("The offer's setup must be actpass or active.");
  return { iceUfrag, icePassword, fingerprint };
}

function microphoneOf(lines: readonly string[], section: OfferSection | undefined): Offer["microphone"] {
  const ssrc = Number.parseInt(attributesOf(lines, "ssrc")[0] ?? "", 10);
  return {
    payloadType: section?.opusPayloadType ?? 0,
    redPayloadType: section?.redPayloadType,
    ssrc: ssrc >= 0 && ssrc <= 0xffffffff ? ssrc : undefined,
    audioLevelId: audioLevelId(lines),
  };
}

/** RFC 8285 §4.2: ids of the one-byte form are 1 to 14. */
function audioLevelId(lines: readonly string[]): number | undefined {
  const extensions = attributesOf(lines, "extmap").map((value) => {
    const [id = "", uri] = value.split(" ");
    return { id: Number.parseInt(id, 10), uri };
  });
  if (extensions.some(({ id }) => !(id >= 1 && id <= 255)))
    throw invalidSdp("An extmap id must be from 1 to 255 (RFC 8285 §5).");
  const id = extensions.find(({ uri }) => uri === AUDIO_LEVEL_URI)?.id;
  return id !== undefined && id <= 14 ? id : undefined;
}
