/** What a client should know of an installation before anybody has logged in. */
import { z } from "zod";

export const settingsSchema = z.strictObject({
  /** Unicode code points of the shortest password that may be chosen. */
  passwordCodePointsMin: z.int().positive(),
});

export type Settings = z.infer<typeof settingsSchema>;
