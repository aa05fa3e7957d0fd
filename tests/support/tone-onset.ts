/**
 * Runs in the page: waits until a tone isn't heard for 200 ms, and from then on watches for it, to the frame of 10 ms,
 * in what Chromium's jitter buffers give out to be played. What a loudspeaker adds is its own. An AudioContext
 * would add 50 ms that no listener waits for: the page plays by audio elements.
 */
export async function armOnset(options: { frequencyHz: number; millisecondsMax: number }): Promise<void> {
  const scope = globalThis as unknown as OnsetScope & {
    MediaStreamTrackProcessor: new (of: {
      track: MediaStreamTrack;
    }) => { readable: ReadableStream<AudioData> };
    parley: { media?: { streams: readonly MediaStream[] } };
  };
  const { frequencyHz, millisecondsMax } = options;
  const quiet = Promise.withResolvers<void>();
  const heard = Promise.withResolvers<number>();
  let soundedAtMs = performance.now();
  let isQuiet = false;

  const listen = (samples: Float32Array, sampleRate: number, atMs: number) => {
    if (amplitudeOf(samples, sampleRate) >= 0.05) {
      if (isQuiet) heard.resolve(atMs);
      soundedAtMs = performance.now();
    } else if (performance.now() - soundedAtMs >= 200) {
      isQuiet = true;
      quiet.resolve();
    }
  };
  // Goertzel's filter under Hann's window, so that no click and no neighbour passes for the tone.
  const amplitudeOf = (samples: Float32Array, sampleRate: number) => {
    const turn = 2 * Math.cos((2 * Math.PI * frequencyHz) / sampleRate);
    let [last, before] = [0, 0];
    for (const [n, sample] of samples.entries()) {
      const window = 1 - Math.cos((2 * Math.PI * n) / (samples.length - 1));
      [last, before] = [sample * window + turn * last - before, last];
    }
    return (2 * Math.sqrt(last * last + before * before - turn * last * before)) / samples.length;
  };
  const readers = (scope.parley.media?.streams ?? [])
    .flatMap((stream) => stream.getAudioTracks())
    .map((track) => new scope.MediaStreamTrackProcessor({ track }).readable.getReader());
  const readAll = async (reader: ReadableStreamDefaultReader<AudioData>) => {
    for (let read = await reader.read(); read.value; read = await reader.read()) {
      const atMs = Date.now();
      const { value: frame } = read;
      const samples = new Float32Array(frame.numberOfFrames);
      frame.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
      listen(samples, frame.sampleRate, atMs);
      frame.close();
    }
  };
  const tooLate = (what: string) => new Error(`${frequencyHz} Hz: ${what} in ${millisecondsMax} ms`);
  const timer = setTimeout(() => {
    quiet.reject(tooLate("it did not become quiet"));
    heard.reject(tooLate("it did not begin"));
  }, millisecondsMax);
  scope.toneBegan = heard.promise.finally(() => {
    clearTimeout(timer);
    for (const reader of readers) void reader.cancel();
  });
  scope.toneBegan.catch(() => {});
  for (const reader of readers) readAll(reader).catch(heard.reject);
  await quiet.promise;
}

interface OnsetScope {
  toneBegan: Promise<number>;
}

/** Runs in the page, after `armOnset`: when the tone began, in ms since 1970. Throws when it doesn't in time. */
export function toneBegan(): Promise<number> {
  return (globalThis as unknown as OnsetScope).toneBegan;
}
