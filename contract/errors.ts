/**
 * Every expected failure of Parley: its code, what HTTP answers and with what a WebSocket closes stand here
 * and nowhere else. Codes are never reused for another meaning. Bodies are RFC 9457 problem+json.
 */
import { z } from "zod";

interface ErrorRow {
  /** HTTP status. */
  status: number;
  /** WebSocket close code (RFC 6455 §7.4.2: 4000–4999 are for applications). */
  close: number;
  /** A sentence for people: what happened and what to do next. */
  title: string;
}

export const errorTable = {
  malformed_json: { status: 400, close: 4400, title: "The body is not valid JSON." },
  bad_request: { status: 400, close: 4400, title: "The request can't be understood." },
  invalid_credentials: { status: 401, close: 4401, title: "Wrong user name or password." },
  second_factor_required: {
    status: 401,
    close: 4401,
    title: "This account asks for a code as well. Send the one that your authenticator app shows.",
  },
  second_factor_wrong: {
    status: 401,
    close: 4401,
    title: "That code is not right, or was used already. Wait for the next one.",
  },
  passkey_refused: {
    status: 401,
    close: 4401,
    title: "This passkey can't be used here. Try again, or log in with your password.",
  },
  unauthenticated: { status: 401, close: 4401, title: "Log in first: a valid access token is needed." },
  token_invalid: { status: 401, close: 4401, title: "The token is not valid here. Ask for a new one." },
  token_expired: { status: 401, close: 4401, title: "The token has expired. Ask for a new one." },
  token_used: { status: 401, close: 4401, title: "The join token was used already. Ask for a new one." },
  authentication_timeout: { status: 401, close: 4401, title: "No hello with a join token came in time." },
  forbidden: { status: 403, close: 4403, title: "You lack the permission for this." },
  recent_login_required: {
    status: 403,
    close: 4403,
    title: "Prove that it is you first: this asks for a log-in that is no older than five minutes.",
  },
  origin_forbidden: { status: 403, close: 4403, title: "This origin may not connect here." },
  kicked: { status: 403, close: 4403, title: "You were removed from this organisation." },
  disconnected: { status: 403, close: 4403, title: "A moderator took you out of the channel." },
  banned: { status: 403, close: 4403, title: "You are banned from this organisation." },
  channel_password_required: { status: 403, close: 4403, title: "This channel asks for its password." },
  channel_password_wrong: { status: 403, close: 4403, title: "That is not the channel's password." },
  not_found: { status: 404, close: 4404, title: "There is nothing here by that name." },
  channel_deleted: { status: 404, close: 4404, title: "This channel is gone. Choose another one." },
  method_not_allowed: { status: 405, close: 4405, title: "This resource doesn't answer that method." },
  name_taken: { status: 409, close: 4400, title: "That name is taken. Choose another." },
  email_taken: { status: 409, close: 4400, title: "That email address belongs to another account." },
  quota_exceeded: { status: 409, close: 4400, title: "The organisation holds as many of these as it may." },
  owner_must_transfer: {
    status: 409,
    close: 4400,
    title: "The owner can't go. Transfer the organisation to another member first.",
  },
  roles_incomplete: {
    status: 409,
    close: 4400,
    title: "Roles were added meanwhile. Read them again: the new order must name each but everyone.",
  },
  changed_meanwhile: {
    status: 412,
    close: 4400,
    title: "Somebody else changed this since you read it. Read it again, then make your change.",
  },
  channel_cycle: { status: 409, close: 4400, title: "A channel can't stand below itself." },
  channel_has_children: {
    status: 409,
    close: 4400,
    title: "There are channels below this one. Move them, or delete them with it (?cascade=true).",
  },
  channel_too_deep: { status: 422, close: 4400, title: "The channel tree is 8 levels deep at the most." },
  idempotency_key_reused: {
    status: 409,
    close: 4400,
    title: "This Idempotency-Key was used for another request. Choose a new one.",
  },
  idempotency_in_progress: {
    status: 409,
    close: 4400,
    title: "The first request with this Idempotency-Key is still at work. Try again shortly.",
  },
  moved: { status: 409, close: 4009, title: "The room has moved to another node. Join again." },
  channel_full: { status: 409, close: 4029, title: "The channel is full. Try again when somebody has left." },
  body_too_large: { status: 413, close: 1009, title: "The body is larger than 64 KiB." },
  frame_too_large: { status: 413, close: 1009, title: "The message is larger than a frame may be." },
  unsupported_media_type: { status: 415, close: 1003, title: "Send application/json." },
  validation_failed: { status: 422, close: 4400, title: "Some fields are not as they must be." },
  link_invalid: {
    status: 422,
    close: 4400,
    title: "This link has run out or was used already. Ask for a new one.",
  },
  password_too_weak: { status: 422, close: 4400, title: "Choose a longer or less common password." },
  sdp_invalid: { status: 422, close: 4422, title: "The SDP offer can't be used." },
  sdp_without_audio: { status: 422, close: 4422, title: "The SDP offer has no audio to send or hear." },
  version_unsupported: { status: 422, close: 4426, title: "No common protocol version. Update the client." },
  message_unknown: { status: 422, close: 4400, title: "No message of that type exists." },
  message_invalid: { status: 422, close: 4400, title: "The message lacks a field or has a wrong one." },
  rate_limited: { status: 429, close: 4408, title: "Too many attempts. Wait a little, then try again." },
  too_many_messages: { status: 429, close: 4408, title: "Too many messages. Slow down." },
  slow_reader: { status: 429, close: 4408, title: "Messages were not read fast enough." },
  ping_timeout: { status: 408, close: 4410, title: "Nothing was heard from the client for too long." },
  transport_failed: { status: 502, close: 4502, title: "The media connection failed. Join again." },
  replaced: { status: 409, close: 4409, title: "You joined from another place; this one was closed." },
  node_full: { status: 503, close: 4013, title: "This server is full. Try again in a moment." },
  shutting_down: { status: 503, close: 1001, title: "The server is stopping. Join again in a moment." },
  unavailable: { status: 503, close: 1013, title: "The service can't answer now. Try again shortly." },
  internal_error: { status: 500, close: 1011, title: "Something failed on our side. It was logged." },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

export const errorCodeSchema = z.enum(Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]]);

export interface FieldError {
  path: string;
  code: string;
}

interface AppErrorOptions {
  detail?: string;
  errors?: FieldError[];
  cause?: unknown;
  retryAfterSeconds?: number;
}

/** An expected failure. Thrown anywhere, mapped once at each edge. A bug is an `assert`, not this. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly errors: FieldError[] | undefined;
  /** Where waiting helps: for how long. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.detail ?? errorTable[code].title, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** RFC 9457 problem details as Parley sends them. */
export const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: errorCodeSchema,
  detail: z.string().optional(),
  errors: z.array(z.strictObject({ path: z.string(), code: z.string() })).optional(),
  requestId: z.string(),
});

export type Problem = z.infer<typeof problemSchema>;

/** Shapes a failure as problem details. `detail` is left out when it only repeats the title. */
export function toProblem(error: AppError, requestId: string): Problem {
  const row = errorTable[error.code];
  return {
    type: `urn:parley:error:${error.code}`,
    title: row.title,
    status: row.status,
    code: error.code,
    ...(error.message === row.title ? {} : { detail: error.message }),
    ...(error.errors ? { errors: error.errors } : {}),
    requestId,
  };
}
