/** The people of an organisation. */
import { z } from "zod";
import { roleIdSchema, userIdSchema } from "./ids.ts";
import { NAME_CODE_POINTS_MAX, ROLES_PER_ORGANIZATION_MAX } from "./limits.ts";
import { pageOf, pageQuerySchema } from "./pages.ts";
import { hasNoDoubles, hasSomeField, visibleText } from "./text.ts";
import { versionSchema } from "./version.ts";

export const memberSchema = z.strictObject({
  userId: userIdSchema,
  username: z.string(),
  /** What others in the organisation see instead of the user name. */
  nickname: z.string().nullable(),
  isOwner: z.boolean(),
  /** `everyone` is held by all and isn't listed. */
  roleIds: z.array(roleIdSchema),
  joinedAt: z.iso.datetime(),
  /** Null for one who isn't timed out. */
  timedOutUntil: z.iso.datetime().nullable(),
  /** Of nickname and roles. */
  version: versionSchema,
});

export const membersPageSchema = pageOf(memberSchema);

/** All filters together; `name` is how a user name or nickname begins: who is found so comes in the names' order. */
export const membersQuerySchema = pageQuerySchema.extend({
  name: visibleText(1, NAME_CODE_POINTS_MAX).optional(),
  role: roleIdSchema.optional(),
});

/** `roleIds` replaces all that the member holds; a null nickname takes it away. */
export const updateMemberRequestSchema = z
  .strictObject({
    nickname: visibleText(1, NAME_CODE_POINTS_MAX).nullable().optional(),
    roleIds: z
      .array(roleIdSchema)
      .max(ROLES_PER_ORGANIZATION_MAX, "too_many")
      .refine(hasNoDoubles, "named_twice")
      .optional(),
  })
  .refine(hasSomeField, "nothing_to_change");

export type Member = z.infer<typeof memberSchema>;
export type MembersQuery = z.infer<typeof membersQuerySchema>;
export type UpdateMemberRequest = z.infer<typeof updateMemberRequestSchema>;
