/** Why a database could not be opened, in words for the operator. */
import { isDisconnect, sqlState } from "./failure.ts";

/** There is no such database, and the user may not make it. */
export class MayNotCreate extends Error {
  constructor(cause: unknown) {
    super("may not create the database", { cause });
  }
}

const ADVICE: Record<string, (url: URL) => string> = {
  "28P01": (url) => `it refuses the password of "${url.username}". Correct it in DATABASE_URL.`,
  "28000": (url) =>
    `it doesn't let "${url.username}" in (pg_hba.conf). Correct the user in DATABASE_URL, or let them in.`,
  "3D000": (url) =>
    `there is no database "${url.pathname.slice(1)}", nor one named "postgres" from which to create it.`,
  "42501": (url) =>
    `"${url.username}" may not connect to the database "${url.pathname.slice(1)}" (GRANT CONNECT ON DATABASE "${url.pathname.slice(1)}" TO "${url.username}").`,
  CREATE: (url) =>
    `the database "${url.pathname.slice(1)}" doesn't exist and "${url.username}" may not create it. Create it (CREATE DATABASE "${url.pathname.slice(1)}" OWNER "${url.username}"), or allow it (ALTER ROLE "${url.username}" CREATEDB).`,
  "53300": () => "it has no connection to spare. Lower DATABASE_POOL_MAX, or raise its max_connections.",
  "57P03": () => "it is just starting or stopping. Try again in a moment.",
};

const SOCKET_ADVICE: Record<string, (url: URL) => string> = {
  ECONNREFUSED: () => "nothing listens there. Is Postgres running? (docker compose up -d)",
  ENOTFOUND: (url) => `no host has the name "${url.hostname}". Correct DATABASE_URL.`,
  EAI_AGAIN: (url) => `the name "${url.hostname}" can't be looked up now. Is the network up?`,
  ETIMEDOUT: () => "it doesn't answer. Does a firewall stand in between?",
};

export function explainOpenFailure(error: unknown, url: URL, name: string): Error {
  const state = sqlState(error);
  const code = codeOf(error);
  if (error instanceof MayNotCreate) return new Error(`${name}: ${ADVICE.CREATE?.(url)}`, { cause: error });
  const advice = (state && ADVICE[state]) ?? (code && SOCKET_ADVICE[code]);
  const words =
    error instanceof Error ? error.message : isDisconnect(error) ? "the connection failed." : String(error);
  return new Error(`${name}: ${advice ? advice(url) : words}`, { cause: error });
}

/** Node gathers the failures of several addresses of one host. */
function codeOf(error: unknown): string | undefined {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return typeof first === "object" && first !== null ? Reflect.get(first, "code") : undefined;
}
