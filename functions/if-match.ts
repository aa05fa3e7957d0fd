/** `If-Match` and `ETag` (RFC 9110 §13.1.1, §8.8.3) of what has versions. */
import { z } from "zod";
import type { ExpectedVersions } from "./domain/version.ts";

/** For the OpenAPI document. */
export const ifMatchHeaders = z.object({ "if-match": z.string().optional() });

/** Weak tags never match, nor does what isn't between quotes; `*` is any version there is. */
export function parseIfMatch(header: string | undefined): ExpectedVersions {
  if (header === undefined || header.trim() === "*") return undefined;
  return [...header.matchAll(/(W\/)?"([^"]*)"/g)].flatMap(([, weak, tag = ""]) => (weak ? [] : [tag]));
}

export const etagOf = ({ version }: { version: string }) => ({ etag: `"${version}"` });
