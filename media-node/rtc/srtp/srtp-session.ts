/**
 * SRTP and SRTCP of one peer, both ways (RFC 3711, RFC 7714), without sockets. No call keeps its arguments and
 * none allocates on the way of an ordinary packet.
 */
import assert from "node:assert/strict";
import { RTP_BYTES_MAX } from "@parley/contract/limits";
import { rtpHeaderBytes, rtpMarker, rtpSequenceNumber, rtpSsrc, rtpTimestamp } from "../rtp/rtp-packet.ts";
import { SRTP_MALFORMED, SRTP_STREAMS_EXHAUSTED } from "./drop-reason.ts";
import { CONTEXT_BYTES, RECEIVED, SEALED_ONCE, SESSION_BYTES, STAGED } from "./memory-layout.ts";
import { RTCP_OVERHEAD_BYTES_MAX, RtcpOpener, RtcpSealer } from "./rtcp-cipher.ts";
import { RtpOpener } from "./rtp-opener.ts";
import { RtpSealer } from "./rtp-sealer.ts";
import { deriveSessionKeys } from "./session-keys.ts";
import { allocate, kernelBytes, release } from "./srtp-kernel.ts";
import type { SrtpProfile } from "./srtp-profile.ts";
import { StreamCipher } from "./stream-cipher.ts";

export interface SrtpKeys {
  profile: SrtpProfile;
  /** Master keys, 16 bytes; salts 12 bytes for GCM and 14 for CM. */
  localKey: Uint8Array;
  localSalt: Uint8Array;
  remoteKey: Uint8Array;
  remoteSalt: Uint8Array;
}

const CLOSED = "a closed SRTP session has no keys any more";
const RTP_HEADER_BYTES = 12;
/** A client sends one audio stream; the rest is room for one that is replaced. */
const RECEIVED_STREAMS_MAX = 4;
/** A listener's voices and then some. */
const SENT_STREAMS_MAX = 64;

export class SrtpSession {
  readonly #space: number;
  readonly #rtpOut: StreamCipher;
  readonly #rtpIn: StreamCipher;
  readonly #sealers = new Map<number, RtpSealer>();
  readonly #openers = new Map<number, RtpOpener>();
  readonly #rtcpSealer: RtcpSealer;
  readonly #rtcpOpener: RtcpOpener;
  #closed = false;

  /**
   * `space` is the address of SESSION_BYTES in the kernel, the session's own from now on. Without it the session
   * allocates them, which throws AppError `node_full` where there are none.
   */
  constructor(keys: SrtpKeys, space = allocate(SESSION_BYTES)) {
    const { profile } = keys;
    const local = deriveSessionKeys(profile, keys.localKey, keys.localSalt);
    const remote = deriveSessionKeys(profile, keys.remoteKey, keys.remoteSalt);
    this.#space = space;
    this.#rtpOut = new StreamCipher(profile, local.rtp, space);
    this.#rtpIn = new StreamCipher(profile, remote.rtp, space + CONTEXT_BYTES);
    this.#rtcpSealer = new RtcpSealer(new StreamCipher(profile, local.rtcp, space + 2 * CONTEXT_BYTES));
    this.#rtcpOpener = new RtcpOpener(new StreamCipher(profile, remote.rtcp, space + 3 * CONTEXT_BYTES));
    for (const { key, salt, authenticationKey } of [local.rtp, local.rtcp, remote.rtp, remote.rtcp])
      for (const secret of [key, salt, authenticationKey]) secret.fill(0);
  }

  /** Opens an SRTP packet into `out`, which may be the packet; answers plain bytes or a drop reason < 0. */
  openRtp(packet: Uint8Array, out: Uint8Array): number {
    return copyOut(RECEIVED, this.openReceivedRtp(packet, rtpHeaderBytes(packet)), out);
  }

  /**
   * As openRtp, but the plain packet stays in the kernel, at RECEIVED, until the next call. `headerBytes` is what
   * rtpHeaderBytes says of it.
   */
  openReceivedRtp(packet: Uint8Array, headerBytes: number): number {
    assert(!this.#closed, CLOSED);
    const bytes = packet.length;
    if (bytes < RTP_HEADER_BYTES + this.#rtpIn.tagBytes || bytes > RTP_BYTES_MAX) return SRTP_MALFORMED;
    if (headerBytes < 0 || headerBytes + this.#rtpIn.tagBytes > bytes) return SRTP_MALFORMED;
    kernelBytes.set(packet, RECEIVED);
    const ssrc = rtpSsrc(packet);
    const known = this.#openers.get(ssrc);
    if (known) return known.open(rtpSequenceNumber(packet), headerBytes, bytes);
    return this.#openFirst(ssrc, rtpSequenceNumber(packet), headerBytes, bytes);
  }

  /** Seals an RTP packet into `out`; answers sealed bytes or a drop reason < 0. */
  sealRtp(packet: Uint8Array, out: Uint8Array): number {
    const headerBytes = rtpHeaderBytes(packet);
    if (headerBytes < 0 || packet.length + this.#rtpOut.tagBytes > RTP_BYTES_MAX) return SRTP_MALFORMED;
    const ssrc = rtpSsrc(packet);
    if (!this.#sealers.has(ssrc) && this.#sealers.size >= SENT_STREAMS_MAX) return SRTP_STREAMS_EXHAUSTED;
    kernelBytes.set(packet, STAGED);
    const sealed = this.sealer(ssrc).seal(
      STAGED,
      headerBytes,
      STAGED + headerBytes,
      packet.length - headerBytes,
      rtpMarker(packet),
      rtpSequenceNumber(packet),
      rtpTimestamp(packet),
      SEALED_ONCE,
    );
    return copyOut(SEALED_ONCE, sealed, out);
  }

  /** The sealer of an outgoing stream, for whoever has the packet in the kernel already. One per SSRC. */
  sealer(ssrc: number): RtpSealer {
    assert(!this.#closed, CLOSED);
    let sealer = this.#sealers.get(ssrc);
    if (!sealer) {
      sealer = new RtpSealer(this.#rtpOut, ssrc);
      this.#sealers.set(ssrc, sealer);
    }
    return sealer;
  }

  openRtcp(packet: Uint8Array, out: Uint8Array): number {
    assert(!this.#closed, CLOSED);
    if (packet.length > RTP_BYTES_MAX) return SRTP_MALFORMED;
    kernelBytes.set(packet, RECEIVED);
    return copyOut(RECEIVED, this.#rtcpOpener.open(packet.length), out);
  }

  sealRtcp(packet: Uint8Array, out: Uint8Array): number {
    assert(!this.#closed, CLOSED);
    if (packet.length + RTCP_OVERHEAD_BYTES_MAX > RTP_BYTES_MAX) return SRTP_MALFORMED;
    kernelBytes.set(packet, STAGED);
    return copyOut(SEALED_ONCE, this.#rtcpSealer.seal(packet.length, SEALED_ONCE), out);
  }

  /** Wipes the keys from the kernel. Closing twice is fine; a closed session must not be used. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stream of [...this.#sealers.values(), ...this.#openers.values()]) stream.close();
    this.#sealers.clear();
    this.#openers.clear();
    release(this.#space, SESSION_BYTES);
  }

  /** A stream is remembered once a packet of it was authentic, so that forged SSRCs cost nothing. */
  #openFirst(ssrc: number, sequence: number, headerBytes: number, bytes: number): number {
    if (this.#openers.size >= RECEIVED_STREAMS_MAX) return SRTP_STREAMS_EXHAUSTED;
    const opener = new RtpOpener(this.#rtpIn, ssrc);
    const opened = opener.open(sequence, headerBytes, bytes);
    if (opened >= 0) this.#openers.set(ssrc, opener);
    return opened;
  }
}

/** The kernel's bytes to the caller's; a drop reason passes through. */
function copyOut(address: number, bytes: number, out: Uint8Array): number {
  if (bytes > 0) kernelBytes.copy(out, 0, address, address + bytes);
  return bytes;
}
