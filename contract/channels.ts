/** The channel tree as clients see it, and who is inside. */
import { z } from "zod";
import { channelIdSchema, participantIdSchema, userIdSchema } from "./ids.ts";
import {
  BITRATE_BPS_MAX,
  BITRATE_BPS_MIN,
  CHANNEL_PASSWORD_CODE_POINTS_MAX,
  NAME_CODE_POINTS_MAX,
  PARTICIPANTS_PER_ROOM_MAX,
  TOPIC_CODE_POINTS_MAX,
} from "./limits.ts";
import { permissionTextSchema } from "./permissions.ts";
import { codePoints, hasSomeField, visibleText } from "./text.ts";

/** A flat list in tree order: a parent always stands before its children. */
export const channelSchema = z.strictObject({
  id: channelIdSchema,
  parentId: channelIdSchema.nullable(),
  position: z.int(),
  name: z.string(),
  topic: z.string(),
  hasPassword: z.boolean(),
  /** Most participants at once; 0 means no limit of its own. */
  userLimit: z.int(),
});

/** A channel with its settings and with what the asker may do in it. */
export const channelDetailSchema = channelSchema.extend({
  /** What members' encoders are told, in bits a second; null leaves it to them. */
  bitrateBps: z.int().nullable(),
  /** Where its room is to be; null means anywhere. */
  region: z.string().nullable(),
  /** False starts again from what roles give, whatever the channels above say. */
  inherit: z.boolean(),
  permissions: permissionTextSchema,
});

const settings = {
  name: visibleText(1, NAME_CODE_POINTS_MAX),
  topic: visibleText(0, TOPIC_CODE_POINTS_MAX),
  userLimit: z.int().min(0).max(PARTICIPANTS_PER_ROOM_MAX),
  bitrateBps: z.int().min(BITRATE_BPS_MIN).max(BITRATE_BPS_MAX).nullable(),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, "not_a_region")
    .nullable(),
};

const passwordSchema = z
  .string()
  .min(1, "too_short")
  .max(CHANNEL_PASSWORD_CODE_POINTS_MAX * 2, "too_long")
  .refine((text) => !text.includes("\0"), "hidden_character")
  .transform((text) => text.normalize("NFC"))
  .refine((text) => codePoints(text) <= CHANNEL_PASSWORD_CODE_POINTS_MAX, "too_long");

/** A null parent makes it a channel of the first level. It becomes the last of its siblings and inherits. */
export const createChannelRequestSchema = z.strictObject({
  name: settings.name,
  topic: settings.topic.default(""),
  parentId: channelIdSchema.nullable().default(null),
  userLimit: settings.userLimit.default(0),
  bitrateBps: settings.bitrateBps.default(null),
  region: settings.region.default(null),
  password: passwordSchema.optional(),
});

export const updateChannelRequestSchema = z
  .strictObject(settings)
  .partial()
  .refine(hasSomeField, "nothing_to_change");

/**
 * A place named by its neighbour, so that it means the same when somebody else has moved things meanwhile:
 * just after the sibling `afterId`, or before all siblings when that is null.
 */
export const moveChannelRequestSchema = z.strictObject({
  parentId: channelIdSchema.nullable(),
  afterId: channelIdSchema.nullable(),
});

/** `everyoneOut` ends the calls of all who are inside: who came in by the former password hears no more. */
export const channelPasswordRequestSchema = z.strictObject({
  password: passwordSchema,
  everyoneOut: z.boolean().default(false),
});

/** Without `cascade=true` a channel that has others below it stays. */
export const deleteChannelQuerySchema = z.strictObject({
  cascade: z
    .enum(["true", "false"])
    .default("false")
    .transform((text) => text === "true"),
});

/** The channels that the asker sees, each with what they may do in it. */
export const channelTreeResponseSchema = z.strictObject({ channels: z.array(channelDetailSchema) });

export const presentSchema = z.strictObject({
  channelId: channelIdSchema,
  participantId: participantIdSchema,
  userId: userIdSchema,
  name: z.string(),
  muted: z.boolean(),
});

/** Who is in which channel of an organisation right now. */
export const presenceResponseSchema = z.strictObject({ present: z.array(presentSchema) });

export type ChannelDetail = z.infer<typeof channelDetailSchema>;
export type CreateChannelRequest = z.infer<typeof createChannelRequestSchema>;
export type UpdateChannelRequest = z.infer<typeof updateChannelRequestSchema>;
export type MoveChannelRequest = z.infer<typeof moveChannelRequestSchema>;
export type ChannelPasswordRequest = z.infer<typeof channelPasswordRequestSchema>;
export type Channel = z.infer<typeof channelSchema>;
export type Present = z.infer<typeof presentSchema>;
