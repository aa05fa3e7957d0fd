/** Runs in the page: microphones that are tones, each silent until its talker begins. */

/** Who a microphone's owner is to the network. */
export interface ToneTalker {
  /** RTP stream that the browser sends. */
  ssrc: number;
  /** What the node calls them in packets to others. */
  csrc: number;
}

/** Web Audio API 1.1; not in TypeScript's library yet. */
interface RenderSizeOptions extends AudioContextOptions {
  /** Samples that are made at once. */
  renderSizeHint: number;
}

interface GateScope {
  gates: AudioWorkletNode[];
}

/** Joins the lobby so many times, each with a tone of its own as its microphone. */
export async function enterCrowd({ tones }: { tones: number[] }): Promise<ToneTalker[]> {
  type Client = import("@parley/sdk/voice-client").VoiceClient;
  const scope = globalThis as unknown as GateScope & { parley: Client };
  // A microphone gives 10 ms at a time. An AudioContext's own 128 samples at 44.1 kHz fill such frames now early, now
  // late: 10 ms of jitter, for which each listener's jitter buffer waits up to 30 ms longer.
  const microphoneLike: RenderSizeOptions = { sampleRate: 48_000, renderSizeHint: 480 };
  const context = new AudioContext(microphoneLike);
  await context.resume();
  // The gate opens between two blocks and says when: the first sample of the tone leaves with that block.
  const gate = `registerProcessor("gate", class extends AudioWorkletProcessor {
    open = false;
    told = true;
    constructor() {
      super();
      this.port.onmessage = ({ data }) => { this.open = data; this.told = false; };
    }
    process([[input]], [[output]]) {
      if (this.open && input) output.set(input);
      if (!this.told) this.port.postMessage(Date.now());
      this.told = true;
      return true;
    }
  });`;
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([gate], { type: "text/javascript" })));
  scope.gates = [];
  navigator.mediaDevices.getUserMedia = async () => {
    const oscillator = new OscillatorNode(context, { frequency: tones[scope.gates.length] ?? 0 });
    const gateNode = new AudioWorkletNode(context, "gate");
    const quieter = new GainNode(context, { gain: 0.3 });
    const microphone = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    oscillator.connect(gateNode).connect(quieter).connect(microphone);
    oscillator.start();
    scope.gates.push(gateNode);
    return microphone.stream;
  };
  const first = scope.parley;
  const [organization] = await first.organizations();
  const channels = organization ? await first.channels(organization.id) : [];
  const lobby = channels.find((channel) => channel.name === "Lobby");
  if (!organization || !lobby) throw new Error("the demo organisation is not there");
  const Constructor = first.constructor as new (options: { session: Client["session"] }) => Client;
  const talkers: ToneTalker[] = [];
  for (const _ of tones) {
    const client = new Constructor({ session: first.session });
    await client.join({ organizationId: organization.id, channelId: lobby.id });
    const { media } = client as unknown as { media: { peerConnection: RTCPeerConnection } };
    const sdp = media.peerConnection.localDescription?.sdp ?? "";
    const you = client.state.phase === "connected" ? client.state.you : "";
    talkers.push({ ssrc: Number(/^a=ssrc:(\d+)/m.exec(sdp)?.[1]), csrc: Number(you) });
  }
  return talkers;
}

/** Answers when the first sample of it went, or stayed away, in ms since 1970. */
export function setTalking({ talker, talking }: { talker: number; talking: boolean }): Promise<number> {
  const gate = (globalThis as unknown as GateScope).gates[talker];
  return new Promise((resolve, reject) => {
    if (!gate) return reject(new Error(`there is no talker ${talker}`));
    gate.port.onmessage = ({ data }) => resolve(data);
    gate.port.postMessage(talking);
  });
}
