/** Lists too long for one answer come in pages. */
import { z } from "zod";
import { CURSOR_CHARACTERS_MAX, PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX } from "./limits.ts";

/** What any paged list takes in its query; `cursor` is the `nextCursor` of the page before. */
export const pageQuerySchema = z.strictObject({
  cursor: z.string().min(1).max(CURSOR_CHARACTERS_MAX, "too_long").optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_ITEMS_MAX).default(PAGE_ITEMS_DEFAULT),
});

/** `nextCursor` is null on the last page. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });

export type PageQuery = z.infer<typeof pageQuerySchema>;
