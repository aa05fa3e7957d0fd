import type { Edit, Mutations } from "../mutation.ts";
import { GATE, SOURCE_KNOWN, without } from "./guards.ts";

const RECEIVER = "media-node/rtc/rtp/rtp-receiver.ts";
const OPENER = "media-node/rtc/srtp/rtp-opener.ts";
const KIND = "media-node/rtc/packet-kind.ts";
const PEER = "media-node/rtc/peer.ts";
const ROOM = "media-node/core/room.ts";

const headerChecked = without("the header is checked before the cipher", {
  file: RECEIVER,
  from: 'if (headerBytes < 0) return this.#refuse("rtp_malformed");',
  to: "",
});
const indexCountsOnce = without("an index counts once", {
  file: OPENER,
  from: "else if (!window.isFresh(index)) return SRTP_REPLAYED;",
  to: "",
});
const farAheadTried = {
  file: OPENER,
  from: "if (isOld) index += SEQUENCES;",
  to: "if (isOld) return SRTP_REPLAYED;",
};
const tagCompared = without("the tag is compared", {
  file: OPENER,
  from: "return opened === 1;",
  to: "return opened >= 0;",
});
const jumpSeen = {
  file: ROOM,
  from: "if (!talker.sequence.goesOn(packet, nowMs) || talker.spurt === 0)",
  to: "if (talker.spurt === 0)",
};
const firstByteKnown = without("the first byte is a protocol's", {
  file: KIND,
  from: "if (first < 128 || first > 191) return undefined;",
  to: "",
});

export const rtpMutations: Mutations = {
  "RTP whose header extension claims 65,535 words (W1)": headerChecked,
  "RTP from another address (W7)": without("media comes from the client's address", ...SOURCE_KNOWN),
  "Captured SRTP played again (W6)": indexCountsOnce,
  "Captured SRTP played again from another address that the client has proved": indexCountsOnce,
  "Captured SRTCP played again (W6)": without("an index counts once", {
    file: "media-node/rtc/srtp/rtcp-cipher.ts",
    from: "if (window && !window.isFresh(index)) return SRTP_REPLAYED;",
    to: "",
  }),
  "250 packets lost across the sequence wrap (W6)": without(
    "the rollover counter follows the wrap",
    {
      file: "media-node/rtc/srtp/packet-index.ts",
      from: "return highestSequence - 0x8000 > sequence ? sameRollover + SEQUENCES : sameRollover;",
      to: "return sameRollover;",
    },
    farAheadTried,
  ),
  "10,000 packets with a wrong tag": tagCompared,
  "1,000 foreign SSRCs, authentic and not": without("only the announced SSRC is the client's", {
    file: RECEIVER,
    from: " || (this.#ssrc !== undefined && rtpSsrc(packet) !== this.#ssrc)",
    to: "",
  }),
  "RTP shorter than its header": headerChecked,
  "RTP of versions 0, 1 and 3": firstByteKnown,
  "RTP with more CSRCs than bytes": headerChecked,
  "RTP with more padding than payload": without("padding lies within the payload", {
    file: RECEIVER,
    from: "rtpPayloadBytes(packet, headerBytes, length);",
    to: "length - headerBytes;",
  }),
  "RTP of an unknown payload type": without("only agreed payload types are taken", {
    file: RECEIVER,
    from: 'if (type !== payloadType && type !== redPayloadType) return this.#refuse("rtp_payload_type");',
    to: "",
  }),
  "Sequence number that jumps by 40,000": tagCompared,
  "An authentic talker's sequence number jumps by 40,000, by 32,768, and back": [
    ...without("what looks too old may lie far ahead", farAheadTried),
    ...without("a jump begins a spurt", jumpSeen),
    ...indexCountsOnce,
    ...tagCompared,
  ],
  "A talker goes round all sequence numbers unheard, and comes back to those that were heard": without(
    "a number that was sealed before is no bug",
    {
      file: "media-node/rtc/srtp/rtp-sealer.ts",
      from: "if (((this.#used >>> behind) & 1) !== 0) return -1;",
      to: "assert(((this.#used >>> behind) & 1) === 0);",
    },
  ),
  "A talker's sequence numbers leap so that a listener's rollover counter runs away": [
    ...without("a jump begins a spurt", jumpSeen),
    ...without("numbers are skipped only as fast as packets are lost", {
      file: "media-node/core/talker-sequence.ts",
      from: "this.#skips.take(nowMs, ahead - 1)",
      to: "ahead < 0x8000",
    }),
  ],
  "A talker's timestamps jump by -4.9 s, 5 s, -60 s and 12 h": [
    ...without("time doesn't run back", {
      file: "media-node/core/talker-sequence.ts",
      from: "advance > 0 && ",
      to: "",
    }),
    ...without("nobody speaks ahead of time", {
      file: "media-node/core/talker-sequence.ts",
      from: "<= AHEAD_TICKS_MAX",
      to: "< Number.MAX_VALUE",
    }),
  ],
  "Packets of more than 1,500 bytes": without("a packet fits an Ethernet frame", {
    file: GATE,
    from: 'if (packet.length > PACKET_BYTES_MAX) return this.drops.count("too_large");',
    to: "",
  }),
  "Empty datagrams and first bytes that no protocol has": firstByteKnown,
  "RTCP whose part runs past its end, has another version or is padded inside": without(
    "all lengths add up",
    {
      file: "media-node/rtc/rtp/rtcp-packet.ts",
      from: "if (!isWellFormed(packet, length)) return false;",
      to: "",
    },
  ),
  "Foreign BYE, SDES with bad UTF-8": [
    {
      removes: "a BYE ends nothing",
      edits: [heardRtcp('if (type === 203) return this.#options.onEnded("bye");')],
    },
    {
      removes: "SDES isn't read",
      edits: [
        heardRtcp(
          'if (type === 202) void new TextDecoder("utf-8", { fatal: true }).decode(opened.subarray(start, end));',
        ),
      ],
    },
  ],
  "NACK storm": without("a packet is repeated twice at most", {
    file: "media-node/core/nack-ring.ts",
    from: "if (repeats >= REPEATS_MAX) return undefined;",
    to: "",
  }),
  "As many as there are voices claim 0 dBov without a pause": without("levels are capped, and talkers tire", {
    file: "media-node/core/loudness.ts",
    from: "return Math.min(loudness, RANK_DBOV_MAX) - feltDb;",
    to: "return loudness;",
  }),
  "A muted member goes on sending": without("who is muted isn't forwarded", {
    file: ROOM,
    from: "if (talker.participant.muted) return this.#muted();",
    to: "",
  }),
};

/** The room's own way of RTCP believes something of it. */
function heardRtcp(belief: string): Edit {
  const from = "readonly #heardRtcp = (type: number, count: number, start: number, end: number): void => {";
  return { file: PEER, from, to: `${from}\n${belief}` };
}
