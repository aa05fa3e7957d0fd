/**
 * `Idempotency-Key`: a request that is sent again, because its answer was lost, is answered again and not done
 * again. For requests that create; answers that hold a secret aren't kept, so routes with such leave it out.
 */
import { createHmac } from "node:crypto";
import { AppError } from "@parley/contract/errors";
import * as IdempotencyKeys from "@parley/db/queries/idempotency-keys";
import { withSystem } from "@parley/db/scope";
import { createMiddleware } from "hono/factory";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { AppDeps, SessionEnv } from "./app-deps.ts";
import { deriveSecret } from "./keys.ts";

const KEY = /^[\x21-\x7e]{1,255}$/;
const KEPT_MS = 24 * 3_600_000;

/** After `authenticate` and `jsonBody`. Throws `bad_request` for a key that isn't 1 to 255 visible characters. */
export const idempotent = ({ database, now, keys }: AppDeps) => {
  // Keyed: a request may hold a channel's password, which a plain hash would give away to a reader of the table.
  const secret = deriveSecret(keys, "idempotency");
  return createMiddleware<SessionEnv>(async (c, next) => {
    const key = c.req.header("idempotency-key");
    if (key === undefined) return next();
    if (!KEY.test(key)) {
      throw new AppError("bad_request", { detail: "An Idempotency-Key is 1 to 255 visible characters." });
    }
    const request = JSON.stringify([c.req.method, c.req.path, await c.req.bodyCache.json]);
    const requestHash = createHmac("sha256", secret).update(request).digest();
    const at = now();
    const mine = { userId: c.var.session.user.id, key, claimedAt: at };
    const expiresAt = new Date(at.getTime() + KEPT_MS);
    const kept = await withSystem(database, (tx) =>
      IdempotencyKeys.claim(tx, { ...mine, requestHash, now: at, expiresAt }),
    );
    if (kept) return c.json(kept.response as object, kept.status as ContentfulStatusCode);
    await next();
    await withSystem(database, async (tx) => {
      if (!c.res.ok) return IdempotencyKeys.release(tx, mine);
      const response: unknown = await c.res.clone().json();
      return IdempotencyKeys.answer(tx, mine, { status: c.res.status, response });
    });
  });
};
