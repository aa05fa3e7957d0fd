/** The SDP answer (RFC 8829 §5.3): one ICE-lite transport for everything, DTLS server, Opus both ways. */
import type { IceCredentials } from "./ice-credentials.ts";
import type { Offer, OfferSection } from "./offer.ts";

const AUDIO_LEVEL_URI = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
/** RFC 7587: ask for in-band FEC, and for silence not to be sent. */
const OPUS_PARAMETERS = "minptime=10;useinbandfec=1;usedtx=1";

export interface AnswerOptions {
  offer: Offer;
  credentials: IceCredentials;
  /** SHA-256 of our certificate. */
  fingerprint: string;
  /** Lines `a=candidate:…` without "a=". */
  candidates: readonly string[];
  /** SSRC of each voice, in the order of the offer's receiving m-lines; further ones stay inactive. */
  voiceSsrcs: readonly number[];
}

export function writeAnswer(options: AnswerOptions): string {
  const { offer } = options;
  const receiving = offer.sections.filter((section) => section.role === "receive");
  const accepted = offer.sections.filter((section) => section.role !== "none");
  const media = offer.sections.flatMap((section) => {
    if (section.role === "none") return refuse(section);
    const ssrc = options.voiceSsrcs[receiving.indexOf(section)];
    return accept(section, ssrc, section === accepted[0], options);
  });
  const session = [
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=ice-lite",
    `a=group:BUNDLE ${accepted.map((section) => section.mid).join(" ")}`,
    "a=msid-semantic: WMS *",
  ];
  return [...session, ...media, ""].join("\r\n");
}

function accept(
  section: OfferSection,
  voiceSsrc: number | undefined,
  isFirst: boolean,
  { offer, credentials, fingerprint, candidates }: AnswerOptions,
): string[] {
  const direction = section.role === "send" ? "recvonly" : voiceSsrc === undefined ? "inactive" : "sendonly";
  const levelId = section.role === "send" ? offer.microphone?.audioLevelId : undefined;
  const type = section.opusPayloadType;
  const red = section.redPayloadType;
  const formats = red === undefined ? [type] : section.prefersRed ? [red, type] : [type, red];
  return [
    `m=audio 9 UDP/TLS/RTP/SAVPF ${formats.join(" ")}`,
    "c=IN IP4 0.0.0.0",
    // RFC 9143 §7.3.3: the transport is the first m-line's.
    ...(isFirst ? [...candidates.map((candidate) => `a=${candidate}`), "a=end-of-candidates"] : []),
    `a=ice-ufrag:${credentials.ufrag}`,
    `a=ice-pwd:${credentials.password}`,
    `a=fingerprint:sha-256 ${fingerprint}`,
    "a=setup:passive",
    `a=mid:${section.mid}`,
    ...(levelId === undefined ? [] : [`a=extmap:${levelId} ${AUDIO_LEVEL_URI}`]),
    `a=${direction}`,
    "a=rtcp-mux",
    `a=rtpmap:${type} opus/48000/2`,
    `a=fmtp:${type} ${OPUS_PARAMETERS}`,
    ...(section.role === "receive" && section.nack
      ? formats.map((format) => `a=rtcp-fb:${format} nack`)
      : []),
    ...(red === undefined ? [] : [`a=rtpmap:${red} red/48000/2`, `a=fmtp:${red} ${type}/${type}`]),
    ...(voiceSsrc === undefined
      ? []
      : [`a=msid:voice-${section.mid} voice-${section.mid}`, `a=ssrc:${voiceSsrc} cname:parley`]),
  ];
}

/** RFC 8829 §5.3.1: port 0 refuses an m-line; formats must be repeated, and any will do. */
const refuse = (section: OfferSection): string[] => [
  `m=${section.kind} ${section.opusPayloadType ?? 0}`,
  "c=IN IP4 0.0.0.0",
  `a=mid:${section.mid}`,
  "a=inactive",
];
