/** What a failure of the database means for whoever ran into it. */

/** The SQLSTATE behind an error, however deep its cause (PostgreSQL, appendix A). None begins with E, as EPIPE does. */
export const sqlState = (error: unknown): string | undefined => detailOf(error, "code", /^(?!E)[0-9A-Z]{5}$/);

/** The constraint that refused a row. */
export const constraintOf = (error: unknown): string | undefined => detailOf(error, "constraint", /./);

/** serialization_failure, deadlock_detected: the same transaction, run again, may well pass. */
export const isConflict = (error: unknown): boolean => ["40001", "40P01"].includes(sqlState(error) ?? "");

/** The server went away, is going away, or takes no more connections. */
export function isDisconnect(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) {
    // 08: connection exceptions; 57P01–57P03: shut down, crashed, starting up; 53300: too many connections;
    // 25P03, 57P05: idle for too long, in a transaction or not.
    return state.startsWith("08") || FAREWELLS.has(state);
  }
  return SOCKET_CODES.has(detailOf(error, "code", /^E/) ?? "") || DRIVER_WORDS.test(wordsOf(error));
}

/** The connection broke before the statements were sent: on another they can't run twice. */
export class NeverSent extends Error {
  constructor(cause: unknown) {
    super("the connection broke before this was sent", { cause });
  }
}

/** Not the caller's fault, and it may pass: no space, no memory, a statement that took too long. */
export const isExhausted = (error: unknown): boolean => {
  const state = sqlState(error);
  if (state === undefined)
    return POOL_WORDS.test(wordsOf(error)) || detailOf(error, "code", /^E/) === "ENOTFOUND";
  return state.startsWith("53") || state === "57014" || state === "55P03";
};

/** Asking again for a connection would only lengthen the queue. */
const POOL_WORDS = /timeout exceeded when trying to connect/i;

const FAREWELLS = new Set(["57P01", "57P02", "57P03", "57P05", "53300", "25P03"]);

const SOCKET_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EAI_AGAIN",
]);

/** The driver has no code for these. */
const DRIVER_WORDS =
  /Connection terminated|Client has encountered a connection error|network error|non-101 status/i;

const DEPTH_MAX = 5;

function causesOf(error: unknown): object[] {
  const chain: object[] = [];
  for (let at: unknown = error; typeof at === "object" && at !== null && chain.length < DEPTH_MAX; ) {
    chain.push(at);
    // A WebSocket's error event holds the error itself.
    at = (at as { cause?: unknown; error?: unknown }).cause ?? (at as { error?: unknown }).error;
  }
  return chain;
}

function detailOf(error: unknown, key: string, form: RegExp): string | undefined {
  for (const cause of causesOf(error)) {
    const value: unknown = Reflect.get(cause, key);
    if (typeof value === "string" && form.test(value)) return value;
  }
  return undefined;
}

const wordsOf = (error: unknown): string =>
  causesOf(error)
    .map((cause) => String(Reflect.get(cause, "message") ?? ""))
    .join("\n");
