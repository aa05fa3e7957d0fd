/** A channel's own entries, as they are read and replaced, all at once, together with whether it inherits. */
import { z } from "zod";
import { type ChannelId, roleIdSchema, userIdSchema } from "./ids.ts";
import { ACL_ENTRIES_PER_CHANNEL_MAX } from "./limits.ts";
import { type AclEntry, permissionBitsSchema, permissionTextSchema } from "./permissions.ts";
import { hasNoDoubles } from "./text.ts";
import { versionSchema } from "./version.ts";

export const aclSubjectSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("role"), id: roleIdSchema }),
  z.strictObject({ type: z.literal("user"), id: userIdSchema }),
]);

/** `here` means the channel alone, `here_and_below` also the channels that inherit from it. */
export const appliesToSchema = z.enum(["here", "here_and_below"]);

const requestEntrySchema = z
  .strictObject({
    subject: aclSubjectSchema,
    allow: permissionBitsSchema,
    deny: permissionBitsSchema,
    appliesTo: appliesToSchema.default("here_and_below"),
  })
  .refine(({ allow, deny }) => (allow & deny) === 0n, "allowed_and_denied");

export const putChannelAclRequestSchema = z.strictObject({
  inherit: z.boolean(),
  entries: z
    .array(requestEntrySchema)
    .max(ACL_ENTRIES_PER_CHANNEL_MAX, "too_many")
    .refine((entries) => hasNoDoubles(entries.map(({ subject }) => subject.id)), "named_twice"),
});

const channelAclSchema = z.strictObject({
  inherit: z.boolean(),
  entries: z.array(
    z.strictObject({
      subject: aclSubjectSchema,
      allow: permissionTextSchema,
      deny: permissionTextSchema,
      appliesTo: appliesToSchema,
    }),
  ),
});

/** `people` names those that entries are about; they may be members no more. */
export const channelAclResponseSchema = channelAclSchema.extend({
  people: z.array(z.strictObject({ userId: userIdSchema, username: z.string() })),
  version: versionSchema,
});

export type PutChannelAclRequest = z.infer<typeof putChannelAclRequestSchema>;
export type ChannelAcl = z.infer<typeof channelAclSchema>;
export type VersionedChannelAcl = z.infer<typeof channelAclResponseSchema>;

/** The requested entries as the permission algorithm wants them. */
export const toAclEntries = (channelId: ChannelId, { entries }: PutChannelAclRequest): AclEntry[] =>
  entries.map((entry) => ({ channelId, ...entry }));

export const toChannelAcl = (inherit: boolean, entries: readonly AclEntry[]): ChannelAcl => ({
  inherit,
  entries: entries.map(({ subject, allow, deny, appliesTo }) => ({
    subject,
    allow: allow.toString(),
    deny: deny.toString(),
    appliesTo,
  })),
});
