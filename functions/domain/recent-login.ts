/** What is hard to undo asks who is there once more: a browser left open, or a stolen token, isn't enough. */
import { AppError } from "@parley/contract/errors";
import { RECENT_LOGIN_SECONDS } from "@parley/contract/limits";
import type { ActiveSession } from "@parley/db/queries/sessions";

/** Throws `recent_login_required`. */
export function requireRecentLogin(session: Pick<ActiveSession, "authenticatedAt">, now: Date): void {
  if (now.getTime() - session.authenticatedAt.getTime() > RECENT_LOGIN_SECONDS * 1000) {
    throw new AppError("recent_login_required");
  }
}
