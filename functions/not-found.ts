/** Nothing matched: a wrong path is a 404, a wrong method on a known path a 405 that names the right ones. */
import { AppError } from "@parley/contract/errors";
import type { Context } from "hono";
import type { RouterRoute } from "hono/types";
import type { AppEnv } from "./app-deps.ts";
import { problemResponse } from "./problem-response.ts";

export const handleNotFound =
  (routes: readonly RouterRoute[]) =>
  (c: Context<AppEnv>): Response => {
    const allowed = allowedMethods(routes, c.req.path);
    if (allowed.length === 0) return problemResponse(c, new AppError("not_found"));
    return problemResponse(c, new AppError("method_not_allowed"), { allow: allowed.join(", ") });
  };

/** Middleware stands in the same table, with wildcards or for all methods: it answers nothing by itself. */
export function allowedMethods(routes: readonly RouterRoute[], path: string): string[] {
  const methods = new Set<string>();
  for (const route of routes) {
    if (route.method === "ALL" || !matches(route.path, path)) continue;
    methods.add(route.method);
    // Hono answers HEAD wherever it answers GET.
    if (route.method === "GET") methods.add("HEAD");
  }
  return [...methods].sort();
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split("/");
  const given = path.split("/");
  return (
    wanted.length === given.length &&
    wanted.every((segment, index) =>
      segment.startsWith(":") ? given[index] !== "" : segment === given[index],
    )
  );
}
