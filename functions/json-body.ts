/** Reads a request's body once, within bounds, before any schema looks at it. */
import { AppError } from "@parley/contract/errors";
import { BODY_BYTES_MAX } from "@parley/contract/limits";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./app-deps.ts";
import { parseStrictJson } from "./strict-json.ts";

/**
 * Throws `body_too_large`, `unsupported_media_type`, `malformed_json` or `bad_request`. A request without a
 * body and without a content type passes: whether it needs one is for the route's schema to say.
 */
export const jsonBody = createMiddleware<AppEnv>(async (c, next) => {
  const contentType = c.req.header("content-type");
  const bytes = await readBounded(c.req.raw, c.req.header("content-length"));
  if (contentType === undefined && bytes.length === 0) {
    // The stream is spent, and whoever asks again whether there was a body must not be told that it failed.
    c.req.bodyCache.arrayBuffer = Promise.resolve(new ArrayBuffer(0)) as unknown as ArrayBuffer;
    return next();
  }
  if (contentType?.split(";")[0]?.trim().toLowerCase() !== "application/json") {
    throw new AppError("unsupported_media_type");
  }
  // Where Hono's own validator looks first.
  c.req.bodyCache.json = Promise.resolve(parseStrictJson(decode(bytes)));
  return next();
});

/** Counts what comes, since a chunked body announces no length and an announced one may be a lie. */
async function readBounded(request: Request, announced: string | undefined): Promise<Uint8Array> {
  if (Number(announced ?? 0) > BODY_BYTES_MAX) throw new AppError("body_too_large");
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body.getReader();
  for (;;) {
    // A body that ends early is its sender's doing: gone, reset, or chunked wrongly.
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new AppError("bad_request", { cause });
    });
    if (done) return Buffer.concat(chunks, length);
    length += value.length;
    if (length > BODY_BYTES_MAX) {
      void reader.cancel().catch(() => {});
      throw new AppError("body_too_large");
    }
    chunks.push(value);
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError("malformed_json", { cause });
  }
}
