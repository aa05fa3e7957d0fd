/**
 * SRTCP (RFC 3711 §3.4, RFC 7714 §9), always encrypted. Reports are few, so each makes its own keystream. All
 * streams of a direction share one index: it is unique under the key, which is what counts.
 */
import assert from "node:assert/strict";
import { ReplayWindow } from "../replay-window.ts";
import {
  SRTP_MALFORMED,
  SRTP_REPLAYED,
  SRTP_STREAMS_EXHAUSTED,
  SRTP_UNAUTHENTIC,
  SRTP_UNENCRYPTED,
} from "./drop-reason.ts";
import { INPUT, RECEIVED, STAGED } from "./memory-layout.ts";
import { kernel, kernelBytes } from "./srtp-kernel.ts";
import type { StreamCipher } from "./stream-cipher.ts";

/** Fixed header and the sender's SSRC, which stay readable. */
const HEADER_BYTES = 8;
const INDEX_BYTES = 4;
const INDEX_MAX = 2 ** 31 - 1;
const ENCRYPTED = 0x80000000;
/** A client has one sender SSRC, and now and then another. */
const SSRCS_MAX = 16;

/** Index word and tag. */
export const RTCP_OVERHEAD_BYTES_MAX = 20;

export class RtcpSealer {
  readonly #cipher: StreamCipher;
  #index = 0;

  constructor(cipher: StreamCipher) {
    this.#cipher = cipher;
  }

  /** Seals the compound packet at STAGED to `out`, both in the kernel; answers its bytes. */
  seal(bytes: number, out: number): number {
    if (bytes < HEADER_BYTES) return SRTP_MALFORMED;
    assert(++this.#index <= INDEX_MAX, "an SRTCP key outlived its indices");
    const cipher = this.#cipher;
    const word = (ENCRYPTED | this.#index) >>> 0;
    const textBytes = bytes - HEADER_BYTES;
    const keystream = cipher.keystreamOnce(kernelBytes.readUInt32BE(STAGED + 4), this.#index, textBytes);
    kernelBytes.copyWithin(out, STAGED, STAGED + HEADER_BYTES);
    if (!cipher.isGcm) {
      kernel.cmSeal(
        cipher.context,
        out,
        HEADER_BYTES,
        STAGED + HEADER_BYTES,
        textBytes,
        keystream,
        word,
        INDEX_BYTES,
      );
      return bytes + INDEX_BYTES + cipher.tagBytes;
    }
    additionalData(STAGED, word);
    kernel.gcmSeal(
      cipher.context,
      INPUT,
      HEADER_BYTES + INDEX_BYTES,
      STAGED + HEADER_BYTES,
      textBytes,
      keystream,
      out + HEADER_BYTES,
    );
    kernelBytes.writeUInt32BE(word, out + bytes + cipher.tagBytes);
    return bytes + cipher.tagBytes + INDEX_BYTES;
  }
}

export class RtcpOpener {
  readonly #cipher: StreamCipher;
  readonly #windows = new Map<number, ReplayWindow>();

  constructor(cipher: StreamCipher) {
    this.#cipher = cipher;
  }

  /** Opens the packet at RECEIVED in place; answers its plain bytes or a drop reason. */
  open(bytes: number): number {
    const cipher = this.#cipher;
    const textBytes = bytes - HEADER_BYTES - INDEX_BYTES - cipher.tagBytes;
    if (textBytes < 0 || (kernelBytes[RECEIVED] ?? 0) >>> 6 !== 2) return SRTP_MALFORMED;
    // GCM has the index behind the tag (RFC 7714 §9.2), CM before it.
    const wordAt = RECEIVED + bytes - INDEX_BYTES - (cipher.isGcm ? 0 : cipher.tagBytes);
    const word = kernelBytes.readUInt32BE(wordAt);
    if (word < ENCRYPTED) return SRTP_UNENCRYPTED;
    const index = word - ENCRYPTED;
    const ssrc = kernelBytes.readUInt32BE(RECEIVED + 4);
    const window = this.#windows.get(ssrc);
    if (window && !window.isFresh(index)) return SRTP_REPLAYED;
    if (!window && this.#windows.size >= SSRCS_MAX) return SRTP_STREAMS_EXHAUSTED;
    if (!this.#authenticate(ssrc, index, word, textBytes)) return SRTP_UNAUTHENTIC;
    this.#accept(ssrc, index);
    return HEADER_BYTES + textBytes;
  }

  #authenticate(ssrc: number, index: number, word: number, textBytes: number): boolean {
    const { context, isGcm } = this.#cipher;
    const keystream = this.#cipher.keystreamOnce(ssrc, index, textBytes);
    const text = RECEIVED + HEADER_BYTES;
    if (!isGcm)
      return kernel.cmOpen(context, RECEIVED, HEADER_BYTES, textBytes, keystream, word, INDEX_BYTES) === 1;
    additionalData(RECEIVED, word);
    const aadBytes = HEADER_BYTES + INDEX_BYTES;
    return kernel.gcmOpen(context, INPUT, aadBytes, text, textBytes, keystream, text + textBytes, text) === 1;
  }

  #accept(ssrc: number, index: number): void {
    const window = this.#windows.get(ssrc) ?? new ReplayWindow();
    window.accept(index);
    this.#windows.set(ssrc, window);
  }
}

/** RFC 7714 §9.2: the header, then E and the index. */
function additionalData(header: number, word: number): void {
  kernelBytes.copyWithin(INPUT, header, header + HEADER_BYTES);
  kernelBytes.writeUInt32BE(word, INPUT + HEADER_BYTES);
}
