/** A time-out leaves a member the sight of the channels and nothing else, until it ends by itself. */
import { z } from "zod";
import { reasonSchema } from "./bans.ts";
import { TIME_OUT_SECONDS_MAX, TIME_OUT_SECONDS_MIN } from "./limits.ts";

export const timeOutRequestSchema = z.strictObject({
  durationSeconds: z.int().min(TIME_OUT_SECONDS_MIN).max(TIME_OUT_SECONDS_MAX),
  reason: reasonSchema,
});

export type TimeOutRequest = z.infer<typeof timeOutRequestSchema>;
