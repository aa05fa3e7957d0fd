/** Second factors: time-based codes (RFC 6238), recovery codes and passkeys (WebAuthn level 3). */
import { z } from "zod";
import { NAME_CODE_POINTS_MAX } from "./limits.ts";
import { visibleText } from "./text.ts";

/** What an authenticator app takes, by QR code or by hand. Nothing is switched on before a code confirms it. */
export const totpEnrolmentSchema = z.strictObject({
  /** Base32. */
  secret: z.string(),
  /** otpauth://totp/… */
  uri: z.string(),
});
export const totpConfirmRequestSchema = z.strictObject({ code: z.string().regex(/^\d{6}$/, "six_digits") });
/** Shown this once. Each stands in for one code. */
export const recoveryCodesSchema = z.strictObject({ recoveryCodes: z.array(z.string()) });

export const passkeyIdSchema = z
  .string()
  .regex(/^[\w-]{1,1400}$/)
  .brand<"PasskeyId">();

export const passkeySchema = z.strictObject({
  /** The credential's id, base64url. */
  id: passkeyIdSchema,
  name: z.string(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
});
export const passkeysResponseSchema = z.strictObject({ passkeys: z.array(passkeySchema) });

/** For `navigator.credentials`, as JSON (WebAuthn §5.1.8, §5.1.9). */
export const passkeyOptionsSchema = z.strictObject({ options: z.looseObject({ challenge: z.string() }) });

const base64url = z.string().regex(/^[\w-]*$/);

/** What `startRegistration` of @simplewebauthn/browser gives. */
const registrationSchema = z.looseObject({
  id: base64url,
  rawId: base64url,
  type: z.literal("public-key"),
  response: z.looseObject({ clientDataJSON: base64url, attestationObject: base64url }),
});

/** What `startAuthentication` of @simplewebauthn/browser gives. */
const assertionSchema = z.looseObject({
  id: base64url,
  rawId: base64url,
  type: z.literal("public-key"),
  response: z.looseObject({ clientDataJSON: base64url, authenticatorData: base64url, signature: base64url }),
});

export const addPasskeyRequestSchema = z.strictObject({
  name: visibleText(1, NAME_CODE_POINTS_MAX),
  registration: registrationSchema,
});

export const passkeyLoginRequestSchema = z.strictObject({
  assertion: assertionSchema,
  tokenIn: z.enum(["body", "cookie"]).default("body"),
});

export type TotpEnrolment = z.infer<typeof totpEnrolmentSchema>;
export type PasskeyOptions = z.infer<typeof passkeyOptionsSchema>;
export type PasskeyId = z.infer<typeof passkeyIdSchema>;
export type Passkey = z.infer<typeof passkeySchema>;
export type Registration = z.infer<typeof registrationSchema>;
export type Assertion = z.infer<typeof assertionSchema>;
