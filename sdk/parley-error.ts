/** The one error of the SDK: a stable code and a sentence that says what to do next. */
import { type ErrorCode, errorTable, type FieldError } from "@parley/contract/errors";

const clientErrorTitles = {
  microphone_denied:
    "The browser was not allowed to use the microphone. Allow it in the address bar, then join again.",
  microphone_missing: "No microphone was found. Plug one in and join again, or only listen.",
  microphone_busy:
    "The microphone can't be used; another program may hold it. Close that program and join again.",
  microphone_lost: "The microphone was disconnected. Plug it in, then leave and join again.",
  insecure_origin:
    "Browsers give the microphone only to secure pages. Open this page over https:// or as http://localhost.",
  connection_lost: "The connection to the voice server was lost. Check your network and join again.",
  network_error: "The server can't be reached. Check your network and try again.",
  join_timeout:
    "The voice server did not answer in time. A firewall may block UDP; try again or try another network.",
  join_cancelled: "Joining was cancelled.",
  bad_response: "The server answered with something this version doesn't understand. Reload and try again.",
} as const;

export type ClientErrorCode = keyof typeof clientErrorTitles;
export type ParleyErrorCode = ErrorCode | ClientErrorCode;

interface ParleyErrorOptions {
  /** Replaces the sentence that belongs to the code. */
  detail?: string | undefined;
  errors?: FieldError[] | undefined;
  cause?: unknown;
}

export class ParleyError extends Error {
  readonly code: ParleyErrorCode;
  /** Which fields of a request were refused, and why. */
  readonly errors: readonly FieldError[];

  constructor(code: ParleyErrorCode, options: ParleyErrorOptions = {}) {
    super(options.detail ?? titleOf(code), { cause: options.cause });
    this.name = "ParleyError";
    this.code = code;
    this.errors = options.errors ?? [];
  }
}

/** A `ParleyError` stays itself; anything else becomes one with the given code and keeps its cause. */
export function toParleyError(cause: unknown, code: ParleyErrorCode): ParleyError {
  return cause instanceof ParleyError ? cause : new ParleyError(code, { cause });
}

function titleOf(code: ParleyErrorCode): string {
  return code in clientErrorTitles
    ? clientErrorTitles[code as ClientErrorCode]
    : errorTable[code as ErrorCode].title;
}
