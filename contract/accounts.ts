/** Registration, log-in and what belongs to an account: what goes in and what comes out. */
import { z } from "zod";
import { organizationIdSchema, sessionIdSchema, userIdSchema } from "./ids.ts";
import {
  EMAIL_CHARACTERS_MAX,
  PASSWORD_CODE_POINTS_MAX,
  USERNAME_CODE_POINTS_MAX,
  USERNAME_CODE_POINTS_MIN,
} from "./limits.ts";
import { codePoints, visibleText } from "./text.ts";

/** Without "@", so that no user name can pass for somebody's address at log-in. */
export const usernameSchema = visibleText(USERNAME_CODE_POINTS_MIN, USERNAME_CODE_POINTS_MAX)
  .refine((name) => !/\s/u.test(name), "space")
  // With it and without it a symbol may look the same: no two people may be told apart by that alone.
  .refine((name) => !name.includes("\ufe0f"), "hidden_character")
  .refine((name) => !name.includes("@"), "at_sign");

/** RFC 5321 §4.5.3.1.3 bounds its length; line breaks, which could add headers to a mail, are no part of one. */
export const emailSchema = z
  .string()
  .max(EMAIL_CHARACTERS_MAX, "too_long")
  .transform((text) => text.normalize("NFC"))
  .pipe(z.email("invalid_email"));

const passwordText = z
  .string()
  .max(PASSWORD_CODE_POINTS_MAX * 2, "too_long")
  .min(1, "too_short")
  .refine((text) => !text.includes("\0"), "hidden_character")
  .transform((text) => text.normalize("NFC"))
  .refine((text) => codePoints(text) <= PASSWORD_CODE_POINTS_MAX, "too_long");

/** A password being chosen. How short is too short is the installation's choice: functions/domain/password-policy.ts. */
export const newPasswordSchema = passwordText;

/**
 * Where the refresh token travels. Browsers choose `cookie`, which no script can read; others `body`. A session
 * stays with what its log-in chose.
 */
const tokenInSchema = z.enum(["body", "cookie"]).default("body");

export const registerRequestSchema = z.strictObject({
  username: usernameSchema,
  password: newPasswordSchema,
  /** Counts once the link that is mailed to it was opened. */
  email: emailSchema.optional(),
  tokenIn: tokenInSchema,
});

/** A TOTP of six digits, or a recovery code. */
export const secondFactorSchema = z.string().trim().min(6, "too_short").max(32, "too_long");

export const loginRequestSchema = z.strictObject({
  /** A user name or a verified email address. */
  username: z.string().min(1, "too_short").max(256, "too_long"),
  password: passwordText,
  code: secondFactorSchema.optional(),
  tokenIn: tokenInSchema,
});

/** 64 bytes in base64url: see functions/domain/refresh-token.ts. */
const refreshTokenSchema = z.string().min(1, "too_short").max(256, "too_long");

export const refreshRequestSchema = z.strictObject({
  /** Left out by browsers, which have it in a cookie. */
  refreshToken: refreshTokenSchema.optional(),
});

export const reauthenticateRequestSchema = z.strictObject({
  password: passwordText,
  code: secondFactorSchema.optional(),
});

const mailedTokenSchema = z.string().min(1, "too_short").max(128, "too_long");
export const verifyEmailRequestSchema = z.strictObject({ token: mailedTokenSchema });
export const forgotPasswordRequestSchema = z.strictObject({ email: emailSchema });
export const resetPasswordRequestSchema = z.strictObject({
  token: mailedTokenSchema,
  password: newPasswordSchema,
  /** They log in by themselves: whoever had got into the account may have added one. Removed unless said otherwise. */
  keepPasskeys: z.boolean().default(false),
});

export const userSchema = z.strictObject({ id: userIdSchema, username: z.string() });

export const sessionResponseSchema = z.strictObject({
  user: userSchema,
  sessionId: sessionIdSchema,
  accessToken: z.string(),
  /** When the access token ends, ISO 8601. */
  expiresAt: z.iso.datetime(),
  /** Absent where it went into a cookie. */
  refreshToken: z.string().optional(),
});

export const accountSchema = userSchema.extend({
  /** The verified address. */
  email: z.string().nullable(),
  /** An address that waits for its link to be opened. */
  pendingEmail: z.string().nullable(),
  createdAt: z.iso.datetime(),
  totpEnabled: z.boolean(),
  recoveryCodesLeft: z.int().nonnegative(),
  passkeys: z.int().nonnegative(),
});

export const accountChangeSchema = z.strictObject({ username: usernameSchema });
export const passwordChangeSchema = z.strictObject({ password: newPasswordSchema });
/** Null takes the address away. */
export const emailChangeSchema = z.strictObject({ email: emailSchema.nullable() });

export const sessionSummarySchema = z.strictObject({
  id: sessionIdSchema,
  /** The one that asks. */
  current: z.boolean(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  userAgent: z.string().nullable(),
  ip: z.string().nullable(),
});
export const mySessionsResponseSchema = z.strictObject({ sessions: z.array(sessionSummarySchema) });

/** Everything that is kept of a person. Its fields follow the tables; see docs/security.md. */
export const accountExportSchema = z.looseObject({
  exportedAt: z.iso.datetime(),
  account: accountSchema,
});

export const organizationSchema = z.strictObject({
  id: organizationIdSchema,
  tag: z.string(),
  name: z.string(),
});

export const myOrganizationsResponseSchema = z.strictObject({ organizations: z.array(organizationSchema) });

export type RegisterRequest = z.infer<typeof registerRequestSchema>;
export type LoginRequest = z.infer<typeof loginRequestSchema>;
export type ReauthenticateRequest = z.infer<typeof reauthenticateRequestSchema>;
export type ResetPasswordRequest = z.infer<typeof resetPasswordRequestSchema>;
export type User = z.infer<typeof userSchema>;
export type SessionResponse = z.infer<typeof sessionResponseSchema>;
export type Account = z.infer<typeof accountSchema>;
export type SessionSummary = z.infer<typeof sessionSummarySchema>;
export type AccountExport = z.infer<typeof accountExportSchema>;
export type Organization = z.infer<typeof organizationSchema>;
