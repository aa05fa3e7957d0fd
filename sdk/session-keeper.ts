/**
 * The client's log-in: keeps the access token fresh, and notices when the session is over. In a page of the
 * server's own origin the refresh token is in a cookie that no script can read; elsewhere it is kept here.
 */
import { type SessionResponse, sessionResponseSchema } from "@parley/contract/accounts";
import type { HttpClient, HttpMethod, Schema } from "./http-client.ts";
import { ParleyError } from "./parley-error.ts";

/** A token that is about to end is renewed before it is sent. */
const SPARE_MS = 30_000;
const OVER: ReadonlySet<string> = new Set(["unauthenticated", "token_expired", "token_invalid"]);

export interface SessionKeeperOptions {
  http: HttpClient;
  tokenIn: "body" | "cookie";
  session: SessionResponse | undefined;
  onChange(session: SessionResponse | undefined): void;
}

export class SessionKeeper {
  readonly #http: HttpClient;
  readonly #tokenIn: "body" | "cookie";
  readonly #onChange: SessionKeeperOptions["onChange"];
  #session: SessionResponse | undefined;
  #refreshing: Promise<SessionResponse> | undefined;

  constructor(options: SessionKeeperOptions) {
    this.#http = options.http;
    this.#tokenIn = options.tokenIn;
    this.#session = options.session;
    this.#onChange = options.onChange;
  }

  get session(): SessionResponse | undefined {
    return this.#session;
  }

  /** Registration or log-in, by whatever route. */
  async start(path: string, body: object): Promise<SessionResponse> {
    const session = await this.#http.get(
      { method: "POST", path, body: { ...body, tokenIn: this.#tokenIn } },
      sessionResponseSchema,
    );
    return this.#set(session);
  }

  /** A session whose cookie the browser still has; undefined where there is none. */
  async restore(): Promise<SessionResponse | undefined> {
    try {
      return await this.#refresh();
    } catch (error) {
      if (isOver(error)) return undefined;
      throw error;
    }
  }

  /** An answer to a request of the session; a 204 parses as undefined. */
  async request<T>(
    method: HttpMethod,
    path: string,
    schema: Schema<T>,
    body?: unknown,
    ifMatch?: string,
  ): Promise<T> {
    const accessToken = await this.#freshToken();
    const request = { method, path, body, ifMatch };
    try {
      return await this.#http.get({ ...request, accessToken }, schema);
    } catch (error) {
      // A late answer to an older token says nothing about the present session.
      if (!isOver(error) || this.#session?.accessToken !== accessToken) throw error;
      if (!this.#canRefresh()) {
        this.end();
        throw error;
      }
      const { accessToken: renewed } = await this.#refresh();
      return this.#http.get({ ...request, accessToken: renewed }, schema);
    }
  }

  /** Forgets the session here; the server isn't asked. */
  end(): void {
    if (!this.#session) return;
    this.#session = undefined;
    this.#onChange(undefined);
  }

  async #freshToken(): Promise<string | undefined> {
    const session = this.#session;
    if (!session) return undefined;
    const isFresh = Date.parse(session.expiresAt) - Date.now() > SPARE_MS;
    if (isFresh || !this.#canRefresh()) return session.accessToken;
    return (await this.#refresh()).accessToken;
  }

  #canRefresh(): boolean {
    return this.#tokenIn === "cookie" || this.#session?.refreshToken !== undefined;
  }

  /** One at a time; a refusal ends the session, a server out of reach doesn't. */
  #refresh(): Promise<SessionResponse> {
    this.#refreshing ??= this.#askForSuccessor().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #askForSuccessor(): Promise<SessionResponse> {
    const before = this.#session;
    const body = this.#tokenIn === "cookie" ? {} : { refreshToken: before?.refreshToken };
    const request = { method: "POST", path: "/v1/auth/refresh", body } as const;
    try {
      const session = await this.#http.get(request, sessionResponseSchema);
      // Logged out, or in as somebody else, in the meantime.
      if (this.#session !== before) throw new ParleyError("unauthenticated");
      return this.#set(session);
    } catch (error) {
      if (isOver(error) && this.#session === before) this.end();
      throw error;
    }
  }

  #set(session: SessionResponse): SessionResponse {
    this.#session = session;
    this.#onChange(session);
    return session;
  }
}

const isOver = (error: unknown): boolean => error instanceof ParleyError && OVER.has(error.code);
