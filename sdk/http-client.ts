/** Requests to the control plane: JSON in, a schema-checked answer or a `ParleyError` out. */
import { problemSchema } from "@parley/contract/errors";
import type { ApiRequest, Schema } from "./api-request.ts";
import { ParleyError } from "./parley-error.ts";

const REQUEST_MS_MAX = 15_000;

export class HttpClient {
  readonly #baseUrl: string;
  readonly #fetch: typeof fetch;

  constructor(baseUrl: string, fetchFunction: typeof fetch = (...input) => globalThis.fetch(...input)) {
    this.#baseUrl = baseUrl;
    this.#fetch = fetchFunction;
  }

  /** `accessToken` is undefined for requests that need none. */
  async get<Answer, T extends Answer>(
    request: ApiRequest<Answer>,
    schema: Schema<T>,
    accessToken?: string | undefined,
  ): Promise<T> {
    const response = await this.#send(request, accessToken);
    const parsed = schema.safeParse(response.status === 204 ? undefined : await readJson(response));
    if (!parsed.success) throw new ParleyError("bad_response", { cause: parsed.error });
    return parsed.data;
  }

  /** Resolves with a response that is ok; its body is not read yet. */
  async #send(request: ApiRequest<unknown>, accessToken: string | undefined): Promise<Response> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (request.body !== undefined) headers["content-type"] = "application/json";
    if (accessToken !== undefined) headers.authorization = `Bearer ${accessToken}`;
    if (request.ifMatch !== undefined) headers["if-match"] = `"${request.ifMatch}"`;
    let response: Response;
    try {
      response = await this.#fetch(new URL(request.path, this.#baseUrl), {
        method: request.method,
        headers,
        body: request.body === undefined ? null : JSON.stringify(request.body),
        cache: "no-store",
        signal: AbortSignal.timeout(REQUEST_MS_MAX),
      });
    } catch (cause) {
      throw new ParleyError("network_error", { cause });
    }
    if (!response.ok) throw await problemOf(response);
    return response;
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    const text = await response.text();
    return text === "" ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new ParleyError("bad_response", { cause });
  }
}

/** A proxy in between answers without problem+json; then the status alone must do. */
async function problemOf(response: Response): Promise<ParleyError> {
  const body: unknown = await response.json().catch(() => undefined);
  const problem = problemSchema.safeParse(body);
  if (problem.success) {
    const { code, detail, errors } = problem.data;
    return new ParleyError(code, { detail, errors });
  }
  if (response.status === 401) return new ParleyError("unauthenticated");
  if (response.status === 429) return new ParleyError("too_many_messages");
  return new ParleyError(response.status >= 500 ? "unavailable" : "bad_response", {
    cause: `HTTP ${response.status}`,
  });
}
