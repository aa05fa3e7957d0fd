/**
 * Seals one outgoing RTP stream. Its index only grows, save for packets that fill a gap among the last 32, and
 * none is ever used twice: under GCM a second text with the same index gives both texts and the tag key away.
 */
import assert from "node:assert/strict";
import { SRTP_LATE } from "./drop-reason.ts";
import { Keystream } from "./keystream.ts";
import { PACKET_INDEX_MAX } from "./packet-index.ts";
import { kernel } from "./srtp-kernel.ts";
import type { StreamCipher } from "./stream-cipher.ts";

const GAP_PACKETS_MAX = 32;

export class RtpSealer {
  readonly ssrc: number;
  /** The same with a sign, so that no call allocates it. */
  readonly #ssrcWord: number;
  readonly #keystream: Keystream;
  #highest = -1;
  /** Bit n: index highest − n was used. */
  #used = 0;
  // Of the cipher, each on its own: an object more is a cache line more for each packet.
  readonly #context: number;
  readonly #isGcm: boolean;
  readonly #tagBytes: number;
  #closed = false;

  constructor(cipher: StreamCipher, ssrc: number) {
    this.ssrc = ssrc;
    this.#ssrcWord = ssrc | 0;
    this.#keystream = new Keystream(cipher, ssrc);
    this.#context = cipher.context;
    this.#isGcm = cipher.isGcm;
    this.#tagBytes = cipher.tagBytes;
  }

  /**
   * Seals the text at `text` under the header template at `header` (which keeps its own bytes but for marker,
   * sequence number, timestamp and SSRC) to `out`, all of them kernel addresses. Answers the packet's bytes,
   * or SRTP_LATE.
   */
  seal(
    header: number,
    headerBytes: number,
    text: number,
    textBytes: number,
    marker: boolean,
    sequence: number,
    timestamp: number,
    out: number,
  ): number {
    assert(!this.#closed, "a closed stream has no keys any more");
    const index = this.#take(sequence);
    if (index < 0) return SRTP_LATE;
    this.#keystream.prepare(index, textBytes);
    const keystream = this.#keystream.at(index, textBytes);
    const context = this.#context;
    kernel.rtpHeader(out, header, headerBytes, marker ? 1 : 0, sequence, timestamp, this.#ssrcWord);
    if (this.#isGcm) kernel.gcmSeal(context, out, headerBytes, text, textBytes, keystream, out + headerBytes);
    else {
      const rollover = Math.floor(index / 0x10000);
      kernel.cmSeal(context, out, headerBytes, text, textBytes, keystream, rollover, 0);
    }
    return headerBytes + textBytes + this.#tagBytes;
  }

  close(): void {
    this.#closed = true;
    this.#keystream.close();
  }

  /** The index of a sequence number, marked as used; −1 for one too old, or used before. */
  #take(sequence: number): number {
    if (this.#highest < 0) {
      this.#highest = sequence;
      this.#used = 1;
      return sequence;
    }
    const ahead = (sequence - this.#highest) & 0xffff;
    if (ahead !== 0 && ahead < 0x8000) {
      this.#highest += ahead;
      assert(this.#highest <= PACKET_INDEX_MAX, "an SRTP key outlived its indices");
      this.#used = ahead < GAP_PACKETS_MAX ? (this.#used << ahead) | 1 : 1;
      return this.#highest;
    }
    const behind = (this.#highest - sequence) & 0xffff;
    if (behind >= GAP_PACKETS_MAX || behind > this.#highest) return -1;
    // A talker who goes round all numbers unheard comes back to one that was sent.
    if (((this.#used >>> behind) & 1) !== 0) return -1;
    this.#used |= 1 << behind;
    return this.#highest - behind;
  }
}
