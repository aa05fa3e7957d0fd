/**
 * Keystream of one stream, made ahead: since indices follow each other, the counter blocks of the next packets
 * are known before the packets are. Space is fixed; how many packets it covers depends on their size.
 */

import { KEYSTREAM_BLOCKS, KEYSTREAM_BYTES } from "./memory-layout.ts";
import { findSpace, release } from "./srtp-kernel.ts";
import { blocksOf, type StreamCipher } from "./stream-cipher.ts";

/** What an ordinary Opus frame needs, so that a run of small ones doesn't make the next large one miss. */
const BLOCKS_PER_PACKET_MIN = 8;

export class Keystream {
  readonly #cipher: StreamCipher;
  readonly #ssrc: number;
  /** 0 until the first packet: a stream that never sends costs nothing. */
  #address = 0;
  #first = 0;
  #packets = 0;
  #blocks = BLOCKS_PER_PACKET_MIN;
  /** The cipher's: most packets need nothing else of it. */
  readonly #isGcm: boolean;

  constructor(cipher: StreamCipher, ssrc: number) {
    this.#cipher = cipher;
    this.#ssrc = ssrc;
    this.#isGcm = cipher.isGcm;
  }

  /** Address of the keystream of a packet with so much text, made ahead or just now. Good until the next call. */
  at(index: number, textBytes: number): number {
    const blocks = blocksOf(textBytes, this.#isGcm);
    if (!this.#covers(index, blocks)) return this.#cipher.keystreamOnce(this.#ssrc, index, textBytes);
    return this.#address + (index - this.#first) * this.#blocks * 16;
  }

  /** Makes keystream ahead from `index` on, unless it is there. */
  prepare(index: number, textBytes: number): void {
    const blocks = blocksOf(textBytes, this.#isGcm);
    // One that comes late, or is far larger than its neighbours, must not cost them theirs.
    if (this.#covers(index, blocks) || index < this.#first || blocks > KEYSTREAM_BLOCKS / 2) return;
    // Without space each packet makes its own, slowly; a packet never fails for it.
    if (this.#address === 0) this.#address = findSpace(KEYSTREAM_BYTES) ?? 0;
    if (this.#address === 0) return;
    this.#first = index;
    this.#blocks = Math.max(blocks + 1, BLOCKS_PER_PACKET_MIN);
    this.#packets = Math.floor(KEYSTREAM_BLOCKS / this.#blocks);
    this.#cipher.keystream(this.#address, this.#ssrc, index, this.#packets, this.#blocks);
  }

  close(): void {
    if (this.#address !== 0) release(this.#address, KEYSTREAM_BYTES);
    this.#address = 0;
    this.#packets = 0;
  }

  #covers(index: number, blocks: number): boolean {
    return index >= this.#first && index < this.#first + this.#packets && blocks <= this.#blocks;
  }
}
