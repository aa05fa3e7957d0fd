/**
 * The client of Parley for browsers: accounts, channels and one call at a time.
 *
 *     const client = new VoiceClient();
 *     await client.login("demo", "demo123");
 *     await client.join({ organizationId, channelId });
 */
import {
  myOrganizationsResponseSchema,
  type Organization,
  type SessionResponse,
} from "@parley/contract/accounts";
import {
  type ChannelDetail,
  channelTreeResponseSchema,
  type Present,
  presenceResponseSchema,
} from "@parley/contract/channels";
import type { ChannelId, OrganizationId, ParticipantId } from "@parley/contract/ids";
import { assignmentSchema } from "@parley/contract/join";
import { type PasskeyOptions, passkeyOptionsSchema } from "@parley/contract/second-factors";
import { type Settings, settingsSchema } from "@parley/contract/settings";
import type { NodeMessage } from "@parley/contract/signal";
import { AccountClient } from "./account-client.ts";
import { type ApiRequest, apiRequest, type BodyOf, nothing, type Schema } from "./api-request.ts";
import { Call } from "./call.ts";
import { Emitter } from "./emitter.ts";
import { heardVoices, NO_VOICES, type Voice } from "./heard-voices.ts";
import { HttpClient } from "./http-client.ts";
import type { MediaConnection } from "./media-connection.ts";
import { ParleyError, toParleyError } from "./parley-error.ts";
import type { Roster, RosterParticipant } from "./roster.ts";
import { SessionKeeper } from "./session-keeper.ts";

interface Place {
  organizationId: OrganizationId;
  channelId: ChannelId;
}

export type VoiceState =
  | { phase: "idle" }
  | ({ phase: "joining" } & Place)
  | ({ phase: "connected"; you: ParticipantId; listenOnly: boolean } & Place)
  | ({ phase: "lost"; error: ParleyError } & Place);

export interface JoinInput extends Place {
  password?: string | undefined;
  /** Joins without a microphone. */
  listenOnly?: boolean | undefined;
}

export interface VoiceClientEvents {
  state: VoiceState;
  session: SessionResponse | undefined;
  participants: readonly RosterParticipant[];
  speaking: { id: ParticipantId; speaking: boolean };
  voices: ReadonlyMap<number, Voice>;
  muted: boolean;
  /** What you may do in the channel; it can change while you are there. */
  permissions: bigint;
  /** Failures that no promise reports. */
  error: ParleyError;
  "playback-blocked": undefined;
  "logged-out": undefined;
}

export interface VoiceClientOptions {
  /** Origin of the control plane; the page's own by default. */
  baseUrl?: string;
  /** A session kept from before. Pages of the server's own origin call `restore()` instead. */
  session?: SessionResponse | undefined;
  /** Where the refresh token is kept: a cookie in pages of the server's own origin, else here. */
  tokenIn?: "body" | "cookie";
  WebSocket?: typeof WebSocket;
  fetch?: typeof fetch;
}

const NOBODY: readonly RosterParticipant[] = [];

export class VoiceClient {
  readonly #options: VoiceClientOptions;
  readonly #baseUrl: string;
  readonly #http: HttpClient;
  readonly #keeper: SessionKeeper;
  readonly #emitter = new Emitter<VoiceClientEvents>();
  /** Settings of who is logged in. */
  readonly account: AccountClient;
  #state: VoiceState = { phase: "idle" };
  #participants = NOBODY;
  #voices = NO_VOICES;
  #call: Call | undefined;
  #muted = false;
  #permissions = 0n;

  constructor(options: VoiceClientOptions = {}) {
    this.#options = options;
    this.#baseUrl = options.baseUrl ?? globalThis.location.origin;
    this.#http = new HttpClient(this.#baseUrl, options.fetch);
    const isOwnOrigin = this.#baseUrl === globalThis.location?.origin;
    this.#keeper = new SessionKeeper({
      http: this.#http,
      tokenIn: options.tokenIn ?? (isOwnOrigin ? "cookie" : "body"),
      session: options.session,
      onChange: (session) => {
        this.#emitter.emit("session", session);
        if (!session) this.#emitter.emit("logged-out", undefined);
      },
    });
    this.account = new AccountClient(this.#keeper);
  }

  get state(): VoiceState {
    return this.#state;
  }

  get session(): SessionResponse | undefined {
    return this.#keeper.session;
  }

  /** Everybody in the channel, oneself included. A new array whenever something changed. */
  get participants(): readonly RosterParticipant[] {
    return this.#participants;
  }

  /** Voices in use: who is heard on which, with the track that carries the sound. */
  get voices(): ReadonlyMap<number, Voice> {
    return this.#voices;
  }

  get muted(): boolean {
    return this.#muted;
  }

  /** What you may do in the present channel, 0 outside of any. */
  get permissions(): bigint {
    return this.#permissions;
  }

  /** The media of the present call, for tests and statistics. */
  get media(): MediaConnection | undefined {
    return this.#call?.media;
  }

  on<Name extends keyof VoiceClientEvents>(
    event: Name,
    listener: (payload: VoiceClientEvents[Name]) => void,
  ): () => void {
    return this.#emitter.on(event, listener);
  }

  /** The email address counts once the link that is mailed to it was opened. */
  register(username: string, password: string, email?: string): Promise<SessionResponse> {
    const body = email === undefined ? { username, password } : { username, password, email };
    return this.#keeper.start(apiRequest("POST", "/v1/auth/register", { body }));
  }

  /** By user name or verified email address. Rejects with `second_factor_required` where a code is wanted, too. */
  login(username: string, password: string, code?: string): Promise<SessionResponse> {
    const body = code === undefined ? { username, password } : { username, password, code };
    return this.#keeper.start(apiRequest("POST", "/v1/auth/login", { body }));
  }

  /** For `startAuthentication` of @simplewebauthn/browser. */
  async passkeyOptions(): Promise<PasskeyOptions["options"]> {
    const request = apiRequest("POST", "/v1/auth/passkey/options");
    return (await this.#http.get(request, passkeyOptionsSchema)).options;
  }

  loginWithPasskey(
    assertion: BodyOf<"POST", "/v1/auth/passkey/login">["assertion"],
  ): Promise<SessionResponse> {
    return this.#keeper.start(apiRequest("POST", "/v1/auth/passkey/login", { body: { assertion } }));
  }

  /** The session whose cookie this browser has; undefined where there is none. */
  restore(): Promise<SessionResponse | undefined> {
    return this.#keeper.restore();
  }

  /** What this installation asks of everybody; needs no log-in. */
  settings(): Promise<Settings> {
    return this.#http.get(apiRequest("GET", "/v1/settings"), settingsSchema);
  }

  async forgotPassword(email: string): Promise<void> {
    await this.#http.get(apiRequest("POST", "/v1/auth/password/forgot", { body: { email } }), nothing);
  }

  /** By the token of a mailed link; logs nobody in. Removes the account's passkeys unless they are to be kept. */
  async resetPassword(token: string, password: string, keepPasskeys = false): Promise<void> {
    const body = { token, password, keepPasskeys };
    await this.#http.get(apiRequest("POST", "/v1/auth/password/reset", { body }), nothing);
  }

  /** By the token of a mailed link. */
  async verifyEmail(token: string): Promise<void> {
    await this.#http.get(apiRequest("POST", "/v1/auth/email/verify", { body: { token } }), nothing);
  }

  /**
   * Leaves the call and ends the session, on the server if it can be reached and here in any case. False where the
   * server didn't end it: its cookie would still open it, so call this again once the server answers.
   */
  async logout(): Promise<boolean> {
    this.leave();
    if (!this.session) return true;
    try {
      await this.#keeper.request(apiRequest("POST", "/v1/auth/logout"), nothing);
      return true;
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      // A session that the server doesn't know any more is over.
      return error.code === "unauthenticated";
    } finally {
      this.#keeper.end();
    }
  }

  async organizations(): Promise<Organization[]> {
    const request = apiRequest("GET", "/v1/me/organizations");
    return (await this.#keeper.request(request, myOrganizationsResponseSchema)).organizations;
  }

  /** Flat, in tree order. */
  async channels(organizationId: OrganizationId): Promise<ChannelDetail[]> {
    const request = apiRequest("GET", "/v1/orgs/{org}/channels", { params: { org: organizationId } });
    return (await this.#keeper.request(request, channelTreeResponseSchema)).channels;
  }

  async presence(organizationId: OrganizationId): Promise<Present[]> {
    const request = apiRequest("GET", "/v1/orgs/{org}/voice", { params: { org: organizationId } });
    return (await this.#keeper.request(request, presenceResponseSchema)).present;
  }

  /** Asks the control plane as whoever is logged in, for what has no method here. Rejects with a ParleyError. */
  request<Answer, T extends Answer>(request: ApiRequest<Answer>, schema: Schema<T>): Promise<T> {
    return this.#keeper.request(request, schema);
  }

  /** Joins a channel, leaving the present one. Resolves when sound can flow; rejects with a ParleyError. */
  async join({ organizationId, channelId, password, listenOnly = false }: JoinInput): Promise<void> {
    this.#closeCall();
    const place: Place = { organizationId, channelId };
    const request = apiRequest("POST", "/v1/orgs/{org}/channels/{channel}/join", {
      params: { org: organizationId, channel: channelId },
      body: password === undefined ? {} : { password },
    });
    // What an abandoned call still reports must not touch its successor.
    const ifCurrent = (act: () => void) => {
      if (this.#call === call) act();
    };
    const call: Call = new Call({
      baseUrl: this.#baseUrl,
      WebSocket: this.#options.WebSocket,
      listenOnly,
      muted: this.#muted,
      assign: () => this.#keeper.request(request, assignmentSchema),
      onMessage: (message) => ifCurrent(() => this.#report(message)),
      onRoster: (roster) => ifCurrent(() => this.#setRoster(roster, call)),
      onLost: (error) => ifCurrent(() => this.#lose(place, error)),
      onMicrophoneLost: () =>
        ifCurrent(() => this.#emitter.emit("error", new ParleyError("microphone_lost"))),
      onPlaybackBlocked: () => ifCurrent(() => this.#emitter.emit("playback-blocked", undefined)),
    });
    this.#call = call;
    this.#setState({ phase: "joining", ...place });
    try {
      await call.open();
    } catch (cause) {
      ifCurrent(() => this.leave());
      throw toParleyError(cause, "connection_lost");
    }
    const you = call.roster?.you;
    if (this.#call !== call || call.closed || you === undefined) throw new ParleyError("join_cancelled");
    this.#setState({ phase: "connected", you, listenOnly, ...place });
  }

  /** Also cancels a join that is under way and forgets a lost call. */
  leave(): void {
    this.#closeCall();
    if (this.#state.phase !== "idle") this.#setState({ phase: "idle" });
  }

  /** Kept for the next call, too. */
  setMuted(muted: boolean): void {
    if (this.#muted === muted) return;
    this.#muted = muted;
    this.#call?.setMuted(muted);
    this.#emitter.emit("muted", muted);
  }

  /** Call from a click after "playback-blocked". */
  async resumePlayback(): Promise<void> {
    await this.#call?.resumePlayback();
  }

  #report(message: NodeMessage): void {
    if (message.type === "speaking") {
      this.#emitter.emit("speaking", { id: message.id, speaking: message.speaking });
    }
    if (message.type === "permissions") {
      this.#permissions = BigInt(message.permissions);
      this.#emitter.emit("permissions", this.#permissions);
    }
    if (message.type === "error") this.#emitter.emit("error", new ParleyError(message.code));
  }

  #setRoster(roster: Roster, call: Call): void {
    this.#participants = [...roster.participants.values()];
    const before = this.#voices;
    this.#voices = heardVoices(roster, call.media, before);
    this.#emitter.emit("participants", this.#participants);
    if (this.#voices !== before) this.#emitter.emit("voices", this.#voices);
  }

  #lose(place: Place, error: ParleyError): void {
    // While joining, `join()` rejects with the same error and puts the state back.
    if (this.#state.phase !== "connected") return;
    this.#closeCall();
    this.#setState({ phase: "lost", error, ...place });
    this.#emitter.emit("error", error);
  }

  #closeCall(): void {
    const call = this.#call;
    if (!call) return;
    this.#call = undefined;
    call.close();
    this.#permissions = 0n;
    this.#participants = NOBODY;
    this.#emitter.emit("participants", NOBODY);
    if (this.#voices === NO_VOICES) return;
    this.#voices = NO_VOICES;
    this.#emitter.emit("voices", NO_VOICES);
  }

  #setState(state: VoiceState): void {
    this.#state = state;
    this.#emitter.emit("state", state);
  }
}
