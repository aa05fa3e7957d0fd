/** A JSON body or answer, as OpenAPI wants it spelled. */
import type { z } from "zod";

export const jsonContent = <T extends z.ZodType>(schema: T) => ({ "application/json": { schema } });
