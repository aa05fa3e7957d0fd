/**
 * Runs in the page: answers when a tone is first there in what is received, to the audio block (2.7 ms), in ms since
 * 1970. An analyser that is looked at from a timer tells it late by the timer and by the window.
 */
export async function toneOnset(options: { frequencyHz: number; millisecondsMax: number }): Promise<number> {
  interface Onset {
    context: AudioContext;
    sum: GainNode;
    heard: WeakSet<MediaStreamTrack>;
  }
  const scope = globalThis as unknown as {
    onset?: Onset;
    parley: { media?: { streams: readonly MediaStream[] } };
  };
  // Goertzel's filter over the last 10 ms, which holds four periods of the lowest tone.
  const detector = `registerProcessor("onset", class extends AudioWorkletProcessor {
    last = new Float32Array(512);
    told = false;
    process([[input]], _outputs, _parameters) {
      if (this.told) return false;
      if (!input) return true;
      this.last.copyWithin(0, input.length);
      this.last.set(input, this.last.length - input.length);
      const w = 2 * Math.PI * this.frequencyHz / sampleRate;
      let [a, b] = [0, 0];
      for (const sample of this.last) [a, b] = [sample + 2 * Math.cos(w) * a - b, a];
      const amplitude = 2 * Math.sqrt(a * a + b * b - 2 * Math.cos(w) * a * b) / this.last.length;
      if (amplitude < 0.02) return true;
      this.told = true;
      this.port.postMessage(Date.now());
      return false;
    }
    constructor({ processorOptions }) {
      super();
      this.frequencyHz = processorOptions.frequencyHz;
    }
  });`;
  if (!scope.onset) {
    const context = new AudioContext();
    await context.resume();
    await context.audioWorklet.addModule(
      URL.createObjectURL(new Blob([detector], { type: "text/javascript" })),
    );
    scope.onset = { context, sum: new GainNode(context), heard: new WeakSet() };
  }
  const { context, sum, heard } = scope.onset;
  for (const stream of scope.parley.media?.streams ?? []) {
    const track = stream.getAudioTracks()[0];
    if (!track || heard.has(track)) continue;
    heard.add(track);
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
  try {
    return await new Promise<number>((resolve, reject) => {
      node.port.onmessage = ({ data }) => resolve(data);
      setTimeout(
        () => reject(new Error(`${frequencyHz} Hz did not begin in ${millisecondsMax} ms`)),
        millisecondsMax,
      );
    });
  } finally {
    sum.disconnect(node);
  }
}
