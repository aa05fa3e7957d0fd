/** Who a request comes from. */
import type { Context } from "hono";
import type { AppDeps } from "./app-deps.ts";
import { clientIpOf, networkOf } from "./client-ip.ts";
import type { Caller } from "./domain/account-services.ts";

export function callerOf(c: Context, deps: AppDeps): Caller {
  const peer = deps.clientIp?.(c);
  const forwardedFor = deps.forwardedFor ? deps.forwardedFor(c) : c.req.header("x-forwarded-for");
  const ip = clientIpOf(peer, forwardedFor, deps.trustedProxyHops ?? 0);
  return { ip, network: networkOf(ip), userAgent: c.req.header("user-agent"), requestId: c.get("requestId") };
}
