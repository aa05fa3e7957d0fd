/** The inspector's answer: what a member may do in a channel, and for each permission why or why not. */
import { z } from "zod";
import { aclSubjectSchema, appliesToSchema } from "./channel-acl.ts";
import { channelIdSchema, roleIdSchema, userIdSchema } from "./ids.ts";
import { type Explanation, permissionTextSchema } from "./permissions.ts";

const effect = z.enum(["give", "take"]);

export const reasonSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.enum(["owner", "not_a_member", "banned", "timed_out"]), effect }),
  z.strictObject({ kind: z.enum(["role", "administrator"]), roleId: roleIdSchema, effect }),
  z.strictObject({
    kind: z.literal("entry"),
    channelId: channelIdSchema,
    subject: aclSubjectSchema,
    appliesTo: appliesToSchema,
    effect,
  }),
  z.strictObject({
    kind: z.enum(["not_inherited", "view_missing", "connect_missing"]),
    channelId: channelIdSchema,
    effect,
  }),
]);

/** `reasons` stand in the order in which they apply; the last one decides; none means never given. */
export const inspectionSchema = z.strictObject({
  userId: userIdSchema,
  channelId: channelIdSchema,
  permissions: permissionTextSchema,
  bits: z.array(
    z.strictObject({ bit: permissionTextSchema, granted: z.boolean(), reasons: z.array(reasonSchema) }),
  ),
});

export type Inspection = z.infer<typeof inspectionSchema>;

export const toInspection = (
  place: Pick<Inspection, "userId" | "channelId">,
  { permissions, bits }: Explanation,
): Inspection => ({
  ...place,
  permissions: permissions.toString(),
  bits: bits.map(({ bit, granted, reasons }) => ({ bit: bit.toString(), granted, reasons })),
});
