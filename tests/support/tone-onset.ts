/**
 * Runs in the page: waits until nothing is heard for 200 ms, and from then on watches for a tone, to the audio block
 * (2.7 ms). An analyser that is looked at from a timer tells it late by the timer and by the window.
 */
export async function armOnset(options: { frequencyHz: number; millisecondsMax: number }): Promise<void> {
  interface Onset {
    context: AudioContext;
    sum: GainNode;
    connected: WeakSet<MediaStreamTrack>;
  }
  const scope = globalThis as unknown as OnsetScope & {
    onset?: Onset;
    parley: { media?: { streams: readonly MediaStream[] } };
  };
  // Goertzel's filter over the last 10 ms under Hann's window, so that no click and no neighbour passes for the tone.
  const detector = `registerProcessor("onset", class extends AudioWorkletProcessor {
    last = new Float32Array(512);
    window = this.last.map((_, n) => 1 - Math.cos(2 * Math.PI * n / 511));
    quietBlocks = 0;
    done = false;
    constructor({ processorOptions }) {
      super();
      this.w = 2 * Math.PI * processorOptions.frequencyHz / sampleRate;
    }
    process([[input]]) {
      if (this.done) return false;
      this.last.copyWithin(0, 128);
      this.last.set(input ?? new Float32Array(128), 384);
      if (this.quietBlocks * 128 / sampleRate < 0.2) {
        this.quietBlocks = this.last.every((sample) => Math.abs(sample) < 0.01) ? this.quietBlocks + 1 : 0;
        if (this.quietBlocks * 128 / sampleRate >= 0.2) this.port.postMessage("quiet");
        return true;
      }
      let [a, b] = [0, 0];
      for (let n = 0; n < 512; n++)
        [a, b] = [this.last[n] * this.window[n] + 2 * Math.cos(this.w) * a - b, a];
      const amplitude = 2 * Math.sqrt(a * a + b * b - 2 * Math.cos(this.w) * a * b) / 512;
      if (amplitude < 0.05) return true;
      this.port.postMessage(Date.now());
      this.done = true;
      return false;
    }
  });`;
  if (!scope.onset) {
    const context = new AudioContext();
    await context.resume();
    await context.audioWorklet.addModule(
      URL.createObjectURL(new Blob([detector], { type: "text/javascript" })),
    );
    scope.onset = { context, sum: new GainNode(context), connected: new WeakSet() };
  }
  const { context, sum, connected } = scope.onset;
  for (const stream of scope.parley.media?.streams ?? []) {
    const track = stream.getAudioTracks()[0];
    if (!track || connected.has(track)) continue;
    connected.add(track);
    context.createMediaStreamSource(new MediaStream([track])).connect(sum);
  }
  const { frequencyHz, millisecondsMax } = options;
  const node = new AudioWorkletNode(context, "onset", {
    numberOfOutputs: 0,
    channelCount: 1,
    channelCountMode: "explicit",
    processorOptions: { frequencyHz },
  });
  sum.connect(node);
  const quiet = Promise.withResolvers<void>();
  const heard = Promise.withResolvers<number>();
  node.port.onmessage = ({ data }) => (data === "quiet" ? quiet.resolve() : heard.resolve(data));
  const tooLate = (what: string) => new Error(`${frequencyHz} Hz: ${what} in ${millisecondsMax} ms`);
  const timer = setTimeout(() => {
    quiet.reject(tooLate("it did not become quiet"));
    heard.reject(tooLate("it did not begin"));
  }, millisecondsMax);
  scope.toneBegan = heard.promise.finally(() => {
    clearTimeout(timer);
    sum.disconnect(node);
  });
  scope.toneBegan.catch(() => {});
  await quiet.promise;
}

interface OnsetScope {
  toneBegan: Promise<number>;
}

/** Runs in the page, after `armOnset`: when the tone began, in ms since 1970. Throws when it doesn't in time. */
export function toneBegan(): Promise<number> {
  return (globalThis as unknown as OnsetScope).toneBegan;
}
