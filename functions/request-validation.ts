/** How a request that its schema refuses becomes `validation_failed`. Any other ZodError is a bug of ours. */
import type { Hook } from "@hono/zod-openapi";
import { AppError, type FieldError } from "@parley/contract/errors";
import type { z } from "zod";
import type { AppEnv } from "./app-deps.ts";

// biome-ignore lint/suspicious/noExplicitAny: the type that OpenAPIHono asks of a hook for all routes
export const refuseInvalid: Hook<any, AppEnv, any, any> = (result) => {
  if (!result.success) throw validationFailed(result.error);
};

export const validationFailed = ({ issues }: z.core.$ZodError): AppError =>
  new AppError("validation_failed", { errors: issues.flatMap(toFieldErrors) });

/** Codes are ours where the schema gives one (`too_short`), else zod's (`invalid_type`). Values never appear. */
function toFieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: path === "" ? key : `${path}.${key}`, code: "unknown_field" }));
  }
  return [{ path, code: /^[a-z]+(_[a-z]+)+$/.test(issue.message) ? issue.message : issue.code }];
}
