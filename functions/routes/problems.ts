/** Declares the failures of a route in the OpenAPI document. */
import { z } from "@hono/zod-openapi";
import { type ErrorCode, errorTable, problemSchema } from "@parley/contract/errors";

/** One component that all routes refer to. Made anew: only schemas made after zod was extended can be one. */
const schema = z.strictObject(problemSchema.shape).openapi("Problem");

interface ProblemDeclaration {
  description: string;
  content: { "application/problem+json": { schema: typeof schema } };
}

/** One entry per status; codes that share a status share its description. */
export function problems(...codes: ErrorCode[]): Record<number, ProblemDeclaration> {
  const byStatus = Map.groupBy(codes, (code) => errorTable[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, shared]) => [
      status,
      {
        description: shared.map((code) => `\`${code}\`: ${errorTable[code].title}`).join(" "),
        content: { "application/problem+json": { schema } },
      },
    ]),
  );
}
