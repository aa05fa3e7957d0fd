/** Keeping people out for good. A ban outlives the membership: whoever is banned can't accept an invite. */
import { z } from "zod";
import { userIdSchema } from "./ids.ts";
import { REASON_CODE_POINTS_MAX } from "./limits.ts";
import { pageOf } from "./pages.ts";
import { visibleText } from "./text.ts";

export const reasonSchema = visibleText(0, REASON_CODE_POINTS_MAX).default("");

export const banRequestSchema = z.strictObject({ reason: reasonSchema });

export const banSchema = z.strictObject({
  userId: userIdSchema,
  username: z.string(),
  reason: z.string(),
  bannedAt: z.iso.datetime(),
  /** Null when that account is gone. */
  bannedBy: userIdSchema.nullable(),
});

export const bansPageSchema = pageOf(banSchema);

export type BanRequest = z.infer<typeof banRequestSchema>;
export type Ban = z.infer<typeof banSchema>;
