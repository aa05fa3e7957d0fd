/** Roles: listed, made, changed, put in order, deleted. */
import { AppError } from "@parley/contract/errors";
import type { RoleId } from "@parley/contract/ids";
import type { CreateRoleRequest, ReorderRolesRequest, Role, UpdateRoleRequest } from "@parley/contract/roles";
import type { Database } from "@parley/db/client";
import * as Rows from "@parley/db/queries/roles";
import { withOrg } from "@parley/db/scope";
import type { Actor } from "./actor.ts";
import {
  type ChangeServices,
  type ChangeState,
  changeOrganization,
  type Done,
} from "./organization-change.ts";
import * as Rights from "./rights.ts";
import { assertExpected, type ExpectedVersions, versionOf } from "./version.ts";

/** The highest first. */
export const list = (db: Database, asker: Rights.Asker): Promise<Role[]> =>
  withOrg(db, asker.orgId, async (tx) => {
    await Rights.getMember(tx, asker);
    return (await Rows.list(tx, asker.orgId)).map(toRole).reverse();
  });

/** Throws `name_taken` or `quota_exceeded`. */
export const create = (services: ChangeServices, actor: Actor, request: CreateRoleRequest): Promise<Role> =>
  changeOrganization(services, actor, { action: "role.create" }, async (state) => {
    const position = Math.min(request.position, Math.max(...state.roles.map((role) => role.position)) + 1);
    const role = { id: NEW_ROLE, position, permissions: request.permissions, isEveryone: false };
    await state.judge({ kind: "role_create", role });
    const row = await Rows.create(state.tx, actor.orgId, { ...request, position });
    return {
      value: toRole(row),
      audit: { target: { type: "role", id: row.id }, after: settingsOf(row) },
    };
  });

/** Throws `name_taken`, or `changed_meanwhile` where the role is of none of the `expected` versions. */
export const update = (
  services: ChangeServices,
  actor: Actor,
  roleId: RoleId,
  request: UpdateRoleRequest,
  expected?: ExpectedVersions,
): Promise<Role> =>
  changeOrganization(services, actor, intentOn("role.update", roleId), async (state) => {
    const before = roleOf(state, roleId);
    assertExpected(expected, toRole(before).version);
    const permissions = request.permissions ?? before.permissions;
    await state.judge({ kind: "role_update", roleId, permissions });
    const name = request.name === undefined ? {} : { name: request.name };
    const row = await Rows.update(state.tx, actor.orgId, roleId, { ...name, permissions });
    if (!row) throw new AppError("not_found");
    return {
      value: toRole(row),
      audit: { before: settingsOf(before), after: settingsOf(row) },
      // What is given reaches running calls, too.
      authz: before.permissions === permissions ? [] : [{ kind: "rights" }],
    };
  });

export const remove = (services: ChangeServices, actor: Actor, roleId: RoleId): Promise<void> =>
  changeOrganization(services, actor, intentOn("role.delete", roleId), async (state): Promise<Done<void>> => {
    const before = roleOf(state, roleId);
    await state.judge({ kind: "role_delete", roleId });
    await Rows.remove(state.tx, actor.orgId, roleId);
    return { value: undefined, audit: { before: settingsOf(before) }, authz: [{ kind: "rights" }] };
  });

/** All of them but `everyone`; throws `not_found` when the list misses one or names another. */
export const reorder = (
  services: ChangeServices,
  actor: Actor,
  { roleIds }: ReorderRolesRequest,
): Promise<Role[]> =>
  changeOrganization(services, actor, { action: "role.reorder" }, async (state) => {
    const { tx } = state;
    const before = state.roles.filter(({ isEveryone }) => !isEveryone).map(({ id }) => id);
    const wanted = new Set(roleIds);
    if (roleIds.some((id) => !before.includes(id))) throw new AppError("not_found");
    if (before.some((id) => !wanted.has(id))) throw new AppError("roles_incomplete");
    await state.judge({ kind: "role_reorder", order: roleIds });
    await Rows.reorder(tx, actor.orgId, roleIds);
    return {
      value: (await Rows.list(tx, actor.orgId)).map(toRole).reverse(),
      audit: { before: { order: before }, after: { order: roleIds } },
    };
  });

/** The guards ask nothing of the id of a role that isn't there yet. */
const NEW_ROLE = "new role" as RoleId;

function roleOf({ roles }: ChangeState, roleId: RoleId): Rows.Role {
  const role = roles.find(({ id }) => id === roleId);
  if (!role) throw new AppError("not_found");
  return role;
}

const intentOn = <Action extends string>(action: Action, roleId: RoleId) => ({
  action,
  target: { type: "role" as const, id: roleId },
});

const settingsOf = ({ name, position, permissions }: Rows.Role) => ({
  name,
  position,
  permissions: permissions.toString(),
});

const toRole = ({ id, name, position, permissions, isEveryone }: Rows.Role): Role => ({
  id,
  name,
  position,
  permissions: permissions.toString(),
  isEveryone,
  version: versionOf([name, permissions.toString()]),
});
