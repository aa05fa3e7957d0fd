/** One stay in a channel: owns the microphone, the peer connection, the socket and the playback. */
import type { Assignment } from "@parley/contract/join";
import type { NodeMessage } from "@parley/contract/signal";
import { MediaConnection } from "./media-connection.ts";
import { openMicrophone } from "./microphone.ts";
import { ParleyError } from "./parley-error.ts";
import { Playback } from "./playback.ts";
import { applyMessage, createRoster, type Roster } from "./roster.ts";
import { SignalSocket } from "./signal-socket.ts";
import { signalUrl } from "./signal-url.ts";

/** From the assignment to flowing media; the microphone's permission prompt doesn't count. */
const CONNECT_MS_MAX = 15_000;

export interface CallOptions {
  baseUrl: string;
  WebSocket?: typeof WebSocket | undefined;
  listenOnly: boolean;
  muted: boolean;
  /** Asked only once the microphone is open, since the token that comes back is short-lived. */
  assign(): Promise<Assignment>;
  onMessage(message: NodeMessage): void;
  onRoster(roster: Roster): void;
  onLost(error: ParleyError): void;
  onMicrophoneLost(): void;
  onPlaybackBlocked(): void;
}

export class Call {
  readonly #options: CallOptions;
  readonly #cancelled = Promise.withResolvers<never>();
  readonly #playback: Playback;
  #track: MediaStreamTrack | undefined;
  #media: MediaConnection | undefined;
  #socket: SignalSocket | undefined;
  #roster: Roster | undefined;
  #muted: boolean;
  #closed = false;

  constructor(options: CallOptions) {
    this.#options = options;
    this.#muted = options.muted;
    this.#playback = new Playback(options.onPlaybackBlocked);
    this.#cancelled.promise.catch(() => {});
  }

  get media(): MediaConnection | undefined {
    return this.#media;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get roster(): Roster | undefined {
    return this.#roster;
  }

  /** Resolves when sound can flow. Whatever fails, everything opened so far is closed. */
  async open(): Promise<void> {
    try {
      if (!this.#options.listenOnly) await this.#openMicrophone();
      const assignment = await this.#orCancelled(this.#options.assign());
      await this.#connect(assignment);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    // Silence starts here at once; the message makes the node stop forwarding and tells the others.
    if (this.#track) this.#track.enabled = !muted;
    this.#socket?.send({ type: "mute", muted });
    const you = this.#roster?.participants.get(this.#roster.you);
    if (you) {
      const { speaking: _, ...participant } = you;
      this.#apply({ type: "participant-updated", participant: { ...participant, muted } });
    }
  }

  resumePlayback(): Promise<void> {
    return this.#playback.resume();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelled.reject(new ParleyError("join_cancelled"));
    this.#socket?.send({ type: "leave" });
    this.#socket?.close();
    this.#playback.close();
    this.#media?.close();
    this.#track?.stop();
  }

  async #openMicrophone(): Promise<void> {
    const opening = openMicrophone().then((track) => {
      // The person may have left while the browser still asked for permission.
      if (this.#closed) track.stop();
      return track;
    });
    this.#track = await this.#orCancelled(opening);
    this.#track.enabled = !this.#muted;
    this.#track.addEventListener("ended", () => {
      if (!this.#closed) this.#options.onMicrophoneLost();
    });
  }

  async #connect(assignment: Assignment): Promise<void> {
    const timer = setTimeout(() => this.#cancelled.reject(new ParleyError("join_timeout")), CONNECT_MS_MAX);
    try {
      this.#socket = new SignalSocket({
        url: signalUrl(assignment.node.url, this.#options.baseUrl),
        WebSocket: this.#options.WebSocket,
        onMessage: (message) => this.#receive(message),
        onLost: (error) => this.#lose(error),
      });
      this.#media = new MediaConnection(this.#track);
      const media = this.#media;
      const { token } = assignment;
      const offer = await this.#orCancelled(media.offer());
      const muted = this.#muted;
      const welcome = await this.#orCancelled(this.#socket.hello({ token, offer, muted }));
      this.#roster = createRoster(welcome.you, welcome.participants);
      this.#options.onRoster(this.#roster);
      this.#options.onMessage({ type: "permissions", permissions: welcome.permissions });
      // The button may have been pressed while the hello was under way.
      if (this.#muted !== muted) this.setMuted(this.#muted);
      await this.#orCancelled(media.accept(welcome.answer));
      this.#playback.start(media.streams.slice(0, welcome.voices));
      await this.#orCancelled(media.connected());
      media.onFailed(() => this.#lose(new ParleyError("connection_lost")));
    } finally {
      clearTimeout(timer);
    }
  }

  #receive(message: NodeMessage): void {
    if (this.#closed) return;
    this.#apply(message);
    this.#options.onMessage(message);
  }

  #apply(message: NodeMessage): void {
    if (!this.#roster) return;
    const next = applyMessage(this.#roster, message);
    if (next === this.#roster) return;
    this.#roster = next;
    this.#options.onRoster(next);
  }

  #lose(error: ParleyError): void {
    if (this.#closed) return;
    // Before the call is up this makes `open()` reject with the reason; afterwards nobody waits for it.
    this.#cancelled.reject(error);
    this.close();
    this.#options.onLost(error);
  }

  #orCancelled<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#cancelled.promise]);
  }
}
