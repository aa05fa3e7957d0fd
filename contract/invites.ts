/** Links by which people join an organisation. Its code is told once, when it is made: only a hash is kept. */
import { z } from "zod";
import { organizationSchema } from "./accounts.ts";
import { inviteIdSchema, userIdSchema } from "./ids.ts";
import {
  INVITE_LIFETIME_SECONDS_DEFAULT,
  INVITE_LIFETIME_SECONDS_MAX,
  INVITE_LIFETIME_SECONDS_MIN,
  INVITE_USES_MAX,
} from "./limits.ts";
import { pageOf } from "./pages.ts";

/** 128 random bits in base64url (RFC 4648 §5). */
export const inviteCodeSchema = z.string().regex(/^[A-Za-z0-9_-]{22}$/, "not_a_code");

export const createInviteRequestSchema = z.strictObject({
  expiresInSeconds: z
    .int()
    .min(INVITE_LIFETIME_SECONDS_MIN)
    .max(INVITE_LIFETIME_SECONDS_MAX)
    .default(INVITE_LIFETIME_SECONDS_DEFAULT),
  /** How many may join by it; null for no limit. */
  usesMax: z.int().min(1).max(INVITE_USES_MAX).nullable().default(null),
});

export const inviteSchema = z.strictObject({
  id: inviteIdSchema,
  /** Null when that account is gone. */
  createdBy: userIdSchema.nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  uses: z.int().nonnegative(),
  usesMax: z.int().positive().nullable(),
});

export const createdInviteSchema = inviteSchema.extend({ code: inviteCodeSchema });

export const invitesPageSchema = pageOf(inviteSchema);

/** What a stranger with the code learns before joining. */
export const invitePreviewSchema = z.strictObject({
  organization: z.strictObject({ tag: z.string(), name: z.string() }),
  members: z.int().nonnegative(),
  /** User name of who made the link, null when that account is gone. */
  invitedBy: z.string().nullable(),
  expiresAt: z.iso.datetime(),
});

export const acceptInviteResponseSchema = z.strictObject({ organization: organizationSchema });

export type CreateInviteRequest = z.infer<typeof createInviteRequestSchema>;
export type Invite = z.infer<typeof inviteSchema>;
export type CreatedInvite = z.infer<typeof createdInviteSchema>;
export type InvitePreview = z.infer<typeof invitePreviewSchema>;
