/** Roles: named sets of permissions, one above the other. */
import { z } from "zod";
import { roleIdSchema } from "./ids.ts";
import { NAME_CODE_POINTS_MAX, ROLES_PER_ORGANIZATION_MAX } from "./limits.ts";
import { permissionBitsSchema, permissionTextSchema } from "./permissions.ts";
import { hasNoDoubles, hasSomeField, visibleText } from "./text.ts";
import { versionSchema } from "./version.ts";

export const roleSchema = z.strictObject({
  id: roleIdSchema,
  name: z.string(),
  /** A higher one stands above; `everyone` is 0. */
  position: z.int().nonnegative(),
  permissions: permissionTextSchema,
  isEveryone: z.boolean(),
  /** Of name and permissions. */
  version: versionSchema,
});

/** The highest first. */
export const rolesResponseSchema = z.strictObject({ roles: z.array(roleSchema) });

const roleNameSchema = visibleText(1, NAME_CODE_POINTS_MAX);

/** Roles from `position` up move one up; without it the new role stands just above `everyone`. */
export const createRoleRequestSchema = z.strictObject({
  name: roleNameSchema,
  permissions: permissionBitsSchema,
  position: z.int().min(1).max(ROLES_PER_ORGANIZATION_MAX).default(1),
});

export const updateRoleRequestSchema = z
  .strictObject({ name: roleNameSchema.optional(), permissions: permissionBitsSchema.optional() })
  .refine(hasSomeField, "nothing_to_change");

/** All roles but `everyone`, the lowest first. */
export const reorderRolesRequestSchema = z.strictObject({
  roleIds: z
    .array(roleIdSchema)
    .max(ROLES_PER_ORGANIZATION_MAX, "too_many")
    .refine(hasNoDoubles, "named_twice"),
});

export type Role = z.infer<typeof roleSchema>;
export type CreateRoleRequest = z.infer<typeof createRoleRequestSchema>;
export type UpdateRoleRequest = z.infer<typeof updateRoleRequestSchema>;
export type ReorderRolesRequest = z.infer<typeof reorderRolesRequestSchema>;
