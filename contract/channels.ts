/** The channel tree as clients see it, and who is inside. */
import { z } from "zod";
import { channelIdSchema, participantIdSchema, userIdSchema } from "./ids.ts";

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

export const channelTreeResponseSchema = z.strictObject({ channels: z.array(channelSchema) });

export const presentSchema = z.strictObject({
  channelId: channelIdSchema,
  participantId: participantIdSchema,
  userId: userIdSchema,
  name: z.string(),
  muted: z.boolean(),
});

/** Who is in which channel of an organisation right now. */
export const presenceResponseSchema = z.strictObject({ present: z.array(presentSchema) });

export type Channel = z.infer<typeof channelSchema>;
export type Present = z.infer<typeof presentSchema>;
