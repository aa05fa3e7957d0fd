/** Who called a function on AWS Lambda, by the event that its front door made. */
import { createHash, timingSafeEqual } from "node:crypto";

/** What of an event says where it comes from; its header names are lower case by then. */
export interface LambdaOrigin {
  requestContext: object;
  header(name: string): string | undefined;
}

export interface LambdaCaller {
  /** The address that the front door was called from. */
  peer: string | undefined;
  /** What proxies in front of it appended to X-Forwarded-For, without the peer. */
  forwardedFor: string | undefined;
}

/**
 * - API Gateway has `sourceIp`, which it has also appended to X-Forwarded-For.
 * - A load balancer has appended it and says it nowhere else.
 * - A function URL's X-Forwarded-For is not to be trusted: of a longer one only the part that the caller wrote may
 *   arrive. Behind CloudFront `cloudfront-viewer-address` says who called, which only counts with a header
 *   `x-origin-secret` that nobody else can send (`originSecret`).
 */
export function lambdaCaller(origin: LambdaOrigin, originSecret: string | undefined): LambdaCaller {
  const context = origin.requestContext as {
    identity?: { sourceIp?: string };
    http?: { sourceIp?: string };
    domainName?: string;
  };
  const source = context.identity?.sourceIp || context.http?.sourceIp || undefined;
  if (/\.lambda-url\.[\w-]+\.on\.aws$/.test(context.domainName ?? "")) {
    const isCloudFront = isSecret(origin.header("x-origin-secret"), originSecret);
    const viewer = isCloudFront ? withoutPort(origin.header("cloudfront-viewer-address")) : undefined;
    return { peer: viewer ?? source, forwardedFor: undefined };
  }
  const chain = (origin.header("x-forwarded-for") ?? "").split(",").flatMap((entry) => entry.trim() || []);
  const isAppended = source === undefined || chain.at(-1) === source;
  const peer = source ?? chain.at(-1);
  const rest = isAppended ? chain.slice(0, -1) : chain;
  return { peer, forwardedFor: rest.length > 0 ? rest.join(", ") : undefined };
}

/** IPv6 comes in brackets or without. */
const withoutPort = (text: string | undefined): string | undefined =>
  text?.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");

const isSecret = (given: string | undefined, secret: string | undefined): boolean =>
  given !== undefined && secret !== undefined && timingSafeEqual(sha256(given), sha256(secret));

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();
