/** For routes that take nothing: what a body says there would be read by nobody, so its fields are unknown ones. */
import { createMiddleware } from "hono/factory";
import { z } from "zod";
import type { AppEnv } from "./app-deps.ts";
import { jsonBody } from "./json-body.ts";
import { validationFailed } from "./request-validation.ts";

const nothing = z.strictObject({});

/** Instead of `jsonBody`, whose failures it has. Throws `validation_failed` for a body other than `{}`. */
export const noBody = createMiddleware<AppEnv>((c, next) =>
  jsonBody(c, async () => {
    const result = nothing.optional().safeParse(await c.req.bodyCache.json);
    if (!result.success) throw validationFailed(result.error);
    await next();
  }),
);
