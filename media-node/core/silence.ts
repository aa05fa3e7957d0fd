/** RFC 6716 §3.1: 20 ms of full-band CELT, coded as digital silence. */
export const OPUS_SILENCE: Uint8Array = Uint8Array.of(0xf8, 0xff, 0xfe);

/** How many frames of it end a spurt: more than one, since any may be lost, and a tick apart, since losses cluster. */
export const SILENCE_FRAMES = 3;
