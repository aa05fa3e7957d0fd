/** Why a packet was not opened or sealed: the negative results of SrtpSession, with names for counters. */
import type { DropReason } from "../drop-counters.ts";

/** Too short or long, or a header that points past the packet. */
export const SRTP_MALFORMED = -1;
/** Seen before, or too old to tell (RFC 3711 §3.3.2). */
export const SRTP_REPLAYED = -2;
/** The tag is not this packet's. */
export const SRTP_UNAUTHENTIC = -3;
/** More streams than a session follows. */
export const SRTP_STREAMS_EXHAUSTED = -4;
/** SRTCP that is not encrypted (RFC 3711 §3.4: E = 0): no client of ours sends it. */
export const SRTP_UNENCRYPTED = -5;
/** Too old to seal, or sealed before: its place in the stream has passed. */
export const SRTP_LATE = -6;

const names: ReadonlyMap<number, DropReason> = new Map([
  [SRTP_MALFORMED, "srtp_malformed"],
  [SRTP_REPLAYED, "srtp_replayed"],
  [SRTP_UNAUTHENTIC, "srtp_unauthentic"],
  [SRTP_STREAMS_EXHAUSTED, "srtp_streams_exhausted"],
  [SRTP_UNENCRYPTED, "srtcp_unencrypted"],
  [SRTP_LATE, "srtp_late"],
]);

/** A negative result as the reason that counters know. */
export const srtpDropReason = (code: number): DropReason => names.get(code) ?? "srtp_malformed";
