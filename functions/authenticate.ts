/** Lets a request through when its bearer token belongs to a live session. */
import { AppError } from "@parley/contract/errors";
import { createMiddleware } from "hono/factory";
import type { AppDeps, SessionEnv } from "./app-deps.ts";
import * as Sessions from "./domain/sessions.ts";

const BEARER = /^Bearer +([\w~+/.-]+=*)$/i;
const TOKEN_CHARACTERS_MAX = 4096;

/** Throws `unauthenticated`. The session is read from the database each time: log-out counts at once. */
export const authenticate = ({ database, keys, now }: AppDeps) =>
  createMiddleware<SessionEnv>(async (c, next) => {
    const header = c.req.header("authorization") ?? "";
    const token = header.length > TOKEN_CHARACTERS_MAX ? undefined : BEARER.exec(header)?.[1];
    if (token === undefined) throw new AppError("unauthenticated");
    c.set("session", await Sessions.authenticate({ db: database, keys, now }, token));
    await next();
  });
