/** A well-formed offer as Chromium makes it, in the parts that a node reads. */
export interface TestOffer {
  ufrag: string;
  password: string;
  fingerprint: string;
  /** Undefined leaves the a=ssrc line out. */
  ssrc?: number | undefined;
  /** Receiving m-lines. */
  voices: number;
  /** RED of Opus as payload type 63, preferred. */
  red?: boolean | undefined;
  /** Generic NACK for Opus. */
  nack?: boolean | undefined;
}

export function writeTestOffer(offer: TestOffer): string {
  const mids = Array.from({ length: offer.voices + 1 }, (_, mid) => mid);
  return [
    "v=0",
    "o=- 1 2 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    `a=group:BUNDLE ${mids.join(" ")}`,
    "a=msid-semantic: WMS *",
    ...mids.flatMap((mid) => section(offer, mid)),
    "",
  ].join("\r\n");
}

const section = (offer: TestOffer, mid: number): string[] => [
  `m=audio 9 UDP/TLS/RTP/SAVPF ${offer.red ? "63 111" : "111"}`,
  "c=IN IP4 0.0.0.0",
  "a=rtcp:9 IN IP4 0.0.0.0",
  `a=ice-ufrag:${offer.ufrag}`,
  `a=ice-pwd:${offer.password}`,
  "a=ice-options:trickle",
  `a=fingerprint:sha-256 ${offer.fingerprint}`,
  "a=setup:actpass",
  `a=mid:${mid}`,
  "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
  mid === 0 ? "a=sendonly" : "a=recvonly",
  "a=rtcp-mux",
  "a=rtpmap:111 opus/48000/2",
  "a=fmtp:111 minptime=10;useinbandfec=1",
  ...(offer.red ? ["a=rtpmap:63 red/48000/2", "a=fmtp:63 111/111"] : []),
  ...(offer.nack ? ["a=rtcp-fb:111 nack"] : []),
  ...(mid === 0 && offer.ssrc !== undefined ? [`a=ssrc:${offer.ssrc} cname:test`] : []),
];
