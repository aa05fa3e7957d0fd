/** Registration and log-in: what goes in and what comes out. */
import { z } from "zod";
import { organizationIdSchema, sessionIdSchema, userIdSchema } from "./ids.ts";
import {
  PASSWORD_CODE_POINTS_MAX,
  PASSWORD_CODE_POINTS_MIN,
  USERNAME_CODE_POINTS_MAX,
  USERNAME_CODE_POINTS_MIN,
} from "./limits.ts";
import { codePoints, visibleText } from "./text.ts";

export const usernameSchema = visibleText(USERNAME_CODE_POINTS_MIN, USERNAME_CODE_POINTS_MAX).refine(
  (name) => !/\s/u.test(name),
  "space",
);

const passwordText = z
  .string()
  .max(PASSWORD_CODE_POINTS_MAX * 2, "too_long")
  .refine((text) => !text.includes("\0"), "hidden_character")
  .transform((text) => text.normalize("NFC"))
  .refine((text) => codePoints(text) <= PASSWORD_CODE_POINTS_MAX, "too_long");

/** A password being chosen. */
export const newPasswordSchema = passwordText.refine(
  (text) => codePoints(text) >= PASSWORD_CODE_POINTS_MIN,
  "too_short",
);

export const registerRequestSchema = z.strictObject({
  username: usernameSchema,
  password: newPasswordSchema,
});

export const loginRequestSchema = z.strictObject({
  username: z.string().min(1, "too_short").max(256, "too_long"),
  password: passwordText,
});

export const userSchema = z.strictObject({ id: userIdSchema, username: z.string() });

export const sessionResponseSchema = z.strictObject({
  user: userSchema,
  sessionId: sessionIdSchema,
  accessToken: z.string(),
  /** When the access token ends, ISO 8601. */
  expiresAt: z.iso.datetime(),
});

export const organizationSchema = z.strictObject({
  id: organizationIdSchema,
  tag: z.string(),
  name: z.string(),
});

export const myOrganizationsResponseSchema = z.strictObject({ organizations: z.array(organizationSchema) });

export type RegisterRequest = z.infer<typeof registerRequestSchema>;
export type LoginRequest = z.infer<typeof loginRequestSchema>;
export type User = z.infer<typeof userSchema>;
export type SessionResponse = z.infer<typeof sessionResponseSchema>;
export type Organization = z.infer<typeof organizationSchema>;
