/** Opens one received RTP stream: index estimation, replay window, authentication, in that order of cost. */

import { REPLAY_WINDOW_PACKETS, ReplayWindow } from "../replay-window.ts";
import { SRTP_REPLAYED, SRTP_UNAUTHENTIC } from "./drop-reason.ts";
import { Keystream } from "./keystream.ts";
import { RECEIVED } from "./memory-layout.ts";
import { estimateIndex, SEQUENCES } from "./packet-index.ts";
import { kernel } from "./srtp-kernel.ts";
import type { StreamCipher } from "./stream-cipher.ts";

export class RtpOpener {
  readonly #cipher: StreamCipher;
  readonly #keystream: Keystream;
  readonly #window = new ReplayWindow();

  constructor(cipher: StreamCipher, ssrc: number) {
    this.#cipher = cipher;
    this.#keystream = new Keystream(cipher, ssrc);
  }

  /**
   * Opens the packet at RECEIVED in place. Answers its plain bytes or a drop reason; nothing changes before
   * the tag is found good.
   */
  open(sequence: number, headerBytes: number, bytes: number): number {
    const window = this.#window;
    // RFC 3711 §3.3.1: before the first packet the rollover counter is 0.
    let index = window.highest < 0 ? sequence : estimateIndex(window.highest, sequence);
    const isOld = index <= window.highest - REPLAY_WINDOW_PACKETS;
    // What looks too old may lie more than half the circle ahead, where its sender has leapt; the tag tells. A packet
    // that was taken before isn't authentic under a later rollover counter.
    if (isOld) index += SEQUENCES;
    else if (!window.isFresh(index)) return SRTP_REPLAYED;
    const textBytes = bytes - headerBytes - this.#cipher.tagBytes;
    const keystream = this.#keystream.at(index, textBytes);
    if (!this.#authenticate(index, headerBytes, textBytes, keystream))
      return isOld ? SRTP_REPLAYED : SRTP_UNAUTHENTIC;
    window.accept(index);
    // Only now: a forged packet must not move the prefetch.
    if (index === window.highest) this.#keystream.prepare(index + 1, textBytes);
    return headerBytes + textBytes;
  }

  close(): void {
    this.#keystream.close();
  }

  #authenticate(index: number, headerBytes: number, textBytes: number, keystream: number): boolean {
    const { context, isGcm } = this.#cipher;
    const text = RECEIVED + headerBytes;
    const opened = isGcm
      ? kernel.gcmOpen(context, RECEIVED, headerBytes, text, textBytes, keystream, text + textBytes, text)
      : kernel.cmOpen(context, RECEIVED, headerBytes, textBytes, keystream, Math.floor(index / 0x10000), 0);
    return opened === 1;
  }
}
