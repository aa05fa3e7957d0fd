/** Lets a request through when its bearer token belongs to a live session. */
import { AppError } from "@parley/contract/errors";
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { AppDeps, ClaimsEnv, SessionEnv } from "./app-deps.ts";
import * as AccessToken from "./domain/access-token.ts";
import * as Sessions from "./domain/sessions.ts";

const BEARER = /^Bearer +([\w~+/.-]+=*)$/i;
const TOKEN_CHARACTERS_MAX = 4096;

/** Throws `unauthenticated`. The session is read from the database each time: log-out counts at once. */
export const authenticate = ({ database, keys, now }: AppDeps) =>
  createMiddleware<SessionEnv>(async (c, next) => {
    c.set("session", await Sessions.authenticate({ db: database, keys, now }, tokenOf(c)));
    await next();
  });

/**
 * For a route that reads the session in one go with what it is asked for: here the token alone is looked at. Throws
 * `unauthenticated`; so must the route, see `Sessions.assertLive`.
 */
export const presentToken = ({ keys, now }: AppDeps) =>
  createMiddleware<ClaimsEnv>(async (c, next) => {
    c.set("claims", await AccessToken.verify(keys.access, tokenOf(c), now()));
    await next();
  });

function tokenOf(c: Context): string {
  const header = c.req.header("authorization") ?? "";
  const token = header.length > TOKEN_CHARACTERS_MAX ? undefined : BEARER.exec(header)?.[1];
  if (token === undefined) throw new AppError("unauthenticated");
  return token;
}
