/** Log-ins as rows, and the answer that opens one. */
import type { SessionResponse, User } from "@parley/contract/accounts";
import { AppError } from "@parley/contract/errors";
import type { SessionId } from "@parley/contract/ids";
import type { Database } from "@parley/db/client";
import * as SessionRows from "@parley/db/queries/sessions";
import { withSystem } from "@parley/db/scope";
import type { SigningKeys } from "../keys.ts";
import * as AccessToken from "./access-token.ts";

const SESSION_LIFETIME_MS = 30 * 24 * 60 * 60 * 1000;
const USER_AGENT_CHARACTERS_MAX = 256;

interface Services {
  db: Database;
  keys: SigningKeys;
  now: () => Date;
}

/** Where a log-in came from, to show a person their own sessions. */
export interface Origin {
  userAgent: string | undefined;
  ip: string | undefined;
}

export async function open(services: Services, user: User, origin: Origin): Promise<SessionResponse> {
  const now = services.now();
  const sessionId = await withSystem(services.db, (tx) =>
    SessionRows.create(tx, {
      userId: user.id,
      now,
      expiresAt: new Date(now.getTime() + SESSION_LIFETIME_MS),
      ...(origin.userAgent ? { userAgent: origin.userAgent.slice(0, USER_AGENT_CHARACTERS_MAX) } : {}),
      ...(origin.ip ? { ip: origin.ip } : {}),
    }),
  );
  const access = await AccessToken.sign(services.keys.access, { userId: user.id, sessionId }, now);
  return { user, sessionId, accessToken: access.token, expiresAt: access.expiresAt.toISOString() };
}

/** The live session behind an access token. Throws `unauthenticated` when there is none. */
export async function authenticate(services: Services, token: string): Promise<SessionRows.ActiveSession> {
  const now = services.now();
  const claims = await AccessToken.verify(services.keys.access, token, now);
  const session = await withSystem(services.db, (tx) => SessionRows.findActive(tx, claims.sid, now));
  if (session?.user.id !== claims.sub) throw new AppError("unauthenticated");
  return session;
}

export async function close(services: Services, id: SessionId): Promise<void> {
  await withSystem(services.db, (tx) => SessionRows.revoke(tx, id, services.now()));
}
