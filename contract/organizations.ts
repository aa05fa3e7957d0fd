/** Tenants: made, changed, handed over, counted. */
import { z } from "zod";
import { organizationSchema } from "./accounts.ts";
import { userIdSchema } from "./ids.ts";
import { NAME_CODE_POINTS_MAX, TAG_CHARACTERS_MAX, TAG_CHARACTERS_MIN } from "./limits.ts";
import { permissionTextSchema } from "./permissions.ts";
import { hasSomeField, visibleText } from "./text.ts";

/** Case doesn't matter in a tag; it is kept in upper case. */
export const tagSchema = z
  .string()
  .min(TAG_CHARACTERS_MIN, "too_short")
  .max(TAG_CHARACTERS_MAX, "too_long")
  .regex(/^[A-Za-z0-9]*$/, "not_alphanumeric")
  .toUpperCase();

const organizationNameSchema = visibleText(1, NAME_CODE_POINTS_MAX);

export const createOrganizationRequestSchema = z.strictObject({
  name: organizationNameSchema,
  tag: tagSchema,
});

export const updateOrganizationRequestSchema = createOrganizationRequestSchema
  .partial()
  .refine(hasSomeField, "nothing_to_change");

/** An organisation as its members see it. */
export const organizationDetailSchema = organizationSchema.extend({
  ownerId: userIdSchema,
  createdAt: z.iso.datetime(),
  /** What the asker may do outside of channels. */
  permissions: permissionTextSchema,
  /** Of the asker: position of their highest role; null for the owner, who stands above all. */
  rank: z.int().nonnegative().nullable(),
});

/** Ownership goes to another active member. Needs a recent log-in. */
export const transferRequestSchema = z.strictObject({ userId: userIdSchema });

const usageSchema = z.strictObject({ used: z.int().nonnegative(), quota: z.int().nonnegative() });

export const usageResponseSchema = z.strictObject({
  members: usageSchema,
  channels: usageSchema,
  /** People in voice at this moment, in all channels. */
  concurrentVoices: usageSchema,
});

export type CreateOrganizationRequest = z.infer<typeof createOrganizationRequestSchema>;
export type UpdateOrganizationRequest = z.infer<typeof updateOrganizationRequestSchema>;
export type OrganizationDetail = z.infer<typeof organizationDetailSchema>;
export type TransferRequest = z.infer<typeof transferRequestSchema>;
export type Usage = z.infer<typeof usageResponseSchema>;
