/** Who a request comes from. */

import { AppError } from "@parley/contract/errors";
import type { Context } from "hono";
import type { AppDeps } from "./app-deps.ts";
import { clientIpOf, networkOf } from "./client-ip.ts";
import type { Caller } from "./domain/account-services.ts";

const USER_AGENT_CHARACTERS_MAX = 256;

/**
 * Throws `bad_request` for a connection that is gone before its address was known: nobody waits for an answer, and
 * what can't be counted could be tried without end.
 */
export function callerOf(c: Context, deps: AppDeps): Caller {
  const peer = deps.clientIp?.(c);
  if (deps.clientIp && peer === undefined) throw new AppError("bad_request");
  const forwardedFor = deps.forwardedFor ? deps.forwardedFor(c) : c.req.header("x-forwarded-for");
  const ip = clientIpOf(peer, forwardedFor, deps.trustedProxyHops ?? 0);
  // It is kept with sessions and audit rows, and a header may be long.
  const userAgent = c.req.header("user-agent")?.slice(0, USER_AGENT_CHARACTERS_MAX);
  return { ip, network: networkOf(ip), userAgent, requestId: c.get("requestId") };
}
