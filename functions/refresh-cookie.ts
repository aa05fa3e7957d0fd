/**
 * The refresh token of browsers: in a cookie that no script reads, that no other site's request carries and that
 * no neighbouring host can set. A page on http://localhost is served without TLS, so it has a plain name.
 */
import { AppError } from "@parley/contract/errors";
import { SESSION_IDLE_SECONDS } from "@parley/contract/limits";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";

const NAME = "parley_refresh";
const PREFIX = "__Host-";
const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])$/;

export function setRefreshCookie(c: Context, publicUrl: string, token: string): void {
  setCookie(c, nameOf(c, publicUrl), token, { ...attributes(c, publicUrl), maxAge: SESSION_IDLE_SECONDS });
}

export function clearRefreshCookie(c: Context, publicUrl: string): void {
  deleteCookie(c, nameOf(c, publicUrl), attributes(c, publicUrl));
}

/**
 * Undefined where there is none. Throws `origin_forbidden` where another origin made the browser send it, which
 * SameSite=Strict leaves to pages of the same site alone.
 */
export function readRefreshCookie(c: Context, publicUrl: string): string | undefined {
  const token = getCookie(c, nameOf(c, publicUrl));
  if (token === undefined) return undefined;
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined && site !== "same-origin") throw new AppError("origin_forbidden");
  return token;
}

const nameOf = (c: Context, publicUrl: string): string => (isPlain(c, publicUrl) ? NAME : `${PREFIX}${NAME}`);

const attributes = (c: Context, publicUrl: string) =>
  ({ path: "/", httpOnly: true, secure: !isPlain(c, publicUrl), sameSite: "Strict" }) as const;

/** Only where neither the installation's address nor the request's is anything but this machine without TLS. */
function isPlain(c: Context, publicUrl: string): boolean {
  const isLocal = ({ protocol, hostname }: URL) => protocol === "http:" && LOCAL.test(hostname);
  return isLocal(new URL(publicUrl)) && isLocal(new URL(c.req.url));
}
