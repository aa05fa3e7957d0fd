/** `/metrics` for Prometheus. What a server counts is not for strangers: a token, or this machine only. */
import { createHash, timingSafeEqual } from "node:crypto";
import { getConnInfo } from "@hono/node-server/conninfo";
import { AppError } from "@parley/contract/errors";
import type { Handler } from "hono";

/** As prom-client has it. */
interface Registry {
  readonly contentType: string;
  metrics(): Promise<string>;
}

const LOOPBACK = /^(::ffff:)?127\.|^::1$/;

/**
 * Without a token only loopback is answered; others see what they see where nothing is. A request that a proxy
 * on this machine passes on isn't this machine's.
 */
export function serveMetrics(registry: Registry, token: string | undefined): Handler {
  return async (c) => {
    const isAllowed =
      token === undefined
        ? LOOPBACK.test(getConnInfo(c).remote.address ?? "") && !c.req.header("x-forwarded-for")
        : isSame(c.req.header("authorization") ?? "", `Bearer ${token}`);
    if (!isAllowed) throw new AppError("not_found");
    return c.body(await registry.metrics(), 200, { "content-type": registry.contentType });
  };
}

/** In constant time, whatever the lengths. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
