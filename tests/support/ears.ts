/**
 * Runs in the page: watches the spectrum of everything received until a tone stands out of it, or no longer
 * does, for 100 ms on end. Answers when that began, in ms since 1970; throws when it doesn't happen in time.
 */
export async function listenIn(options: {
  frequencyHz: number;
  wanted: boolean;
  millisecondsMax: number;
}): Promise<number> {
  interface Ears {
    context: AudioContext;
    analyser: AnalyserNode;
    heard: WeakSet<MediaStreamTrack>;
  }
  const scope = globalThis as unknown as {
    ears?: Ears;
    parley: { media?: { streams: readonly MediaStream[] } };
  };
  const { frequencyHz, wanted, millisecondsMax } = options;
  const AUDIBLE_DB = -55;
  const STEADY_MS = 100;

  if (!scope.ears) {
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 2048, smoothingTimeConstant: 0 });
    scope.ears = { context, analyser, heard: new WeakSet() };
  }
  const ears = scope.ears;
  await ears.context.resume();
  const connectNew = () => {
    for (const stream of scope.parley.media?.streams ?? []) {
      const track = stream.getAudioTracks()[0];
      if (!track || ears.heard.has(track)) continue;
      ears.heard.add(track);
      ears.context.createMediaStreamSource(new MediaStream([track])).connect(ears.analyser);
    }
  };
  const spectrum = new Float32Array(ears.analyser.frequencyBinCount);
  const bin = Math.round((frequencyHz * ears.analyser.fftSize) / ears.context.sampleRate);
  const isAudible = () => {
    ears.analyser.getFloatFrequencyData(spectrum);
    return Math.max(spectrum[bin - 1] ?? -200, spectrum[bin] ?? -200, spectrum[bin + 1] ?? -200) > AUDIBLE_DB;
  };

  const startedMs = performance.now();
  let sinceMs: number | undefined;
  while (performance.now() - startedMs < millisecondsMax) {
    connectNew();
    const nowMs = performance.now();
    if (isAudible() === wanted) sinceMs ??= nowMs;
    else sinceMs = undefined;
    if (sinceMs !== undefined && nowMs - sinceMs >= STEADY_MS) return performance.timeOrigin + sinceMs;
    // The spectrum is sampled; nothing announces a change of it.
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const loudest = spectrum.indexOf(Math.max(...spectrum)) * (ears.context.sampleRate / ears.analyser.fftSize);
  throw new Error(
    `${frequencyHz} Hz was ${wanted ? "not" : "still"} heard after ${millisecondsMax} ms; loudest: ${Math.round(loudest)} Hz`,
  );
}
