/** Keeping people out, for good or for a while. A ban outlives the membership: the banned can't accept an invite. */
import { z } from "zod";
import { userIdSchema } from "./ids.ts";
import { BAN_SECONDS_MAX, BAN_SECONDS_MIN, REASON_CODE_POINTS_MAX } from "./limits.ts";
import { pageOf } from "./pages.ts";
import { visibleText } from "./text.ts";

export const reasonSchema = visibleText(0, REASON_CODE_POINTS_MAX).default("");

export const banRequestSchema = z.strictObject({
  reason: reasonSchema,
  /** Null bans for good. When it is over they aren't members again, but may come back by an invite. */
  durationSeconds: z.int().min(BAN_SECONDS_MIN).max(BAN_SECONDS_MAX).nullable().default(null),
});

export const banSchema = z.strictObject({
  userId: userIdSchema,
  username: z.string(),
  reason: z.string(),
  bannedAt: z.iso.datetime(),
  /** Null for good. */
  expiresAt: z.iso.datetime().nullable(),
  /** Null when that account is gone. */
  bannedBy: userIdSchema.nullable(),
});

export const bansPageSchema = pageOf(banSchema);

export type BanRequest = z.infer<typeof banRequestSchema>;
export type Ban = z.infer<typeof banSchema>;
