/** The answer that opens or refreshes a session: the refresh token in the body or in a cookie, never in both. */
import type { SessionResponse } from "@parley/contract/accounts";
import type { Context } from "hono";
import type { RouteDeps } from "../app-deps.ts";
import type { OpenedSession } from "../domain/sessions.ts";
import { setRefreshCookie } from "../refresh-cookie.ts";

export function answerWith(
  c: Context,
  { accounts }: RouteDeps,
  session: OpenedSession,
  tokenIn: "body" | "cookie",
): SessionResponse {
  if (tokenIn === "body") return session;
  const { refreshToken, ...rest } = session;
  setRefreshCookie(c, accounts.publicUrl(), refreshToken);
  return rest;
}
