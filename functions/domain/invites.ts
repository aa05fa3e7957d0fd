/** Links by which people join. The code is told once; only its hash is kept. */
import { createHash, randomBytes } from "node:crypto";
import type { Organization } from "@parley/contract/accounts";
import { AppError } from "@parley/contract/errors";
import type { InviteId } from "@parley/contract/ids";
import type { CreatedInvite, CreateInviteRequest, Invite, InvitePreview } from "@parley/contract/invites";
import * as Permissions from "@parley/contract/permissions";
import type { Database } from "@parley/db/client";
import * as AuditLog from "@parley/db/queries/audit-log";
import * as Bans from "@parley/db/queries/bans";
import * as Rows from "@parley/db/queries/invites";
import * as Memberships from "@parley/db/queries/memberships";
import * as Organizations from "@parley/db/queries/organizations";
import * as Users from "@parley/db/queries/users";
import { withOrg, withSystem } from "@parley/db/scope";
import type { Actor } from "./actor.ts";
import { type ChangeServices, changeOrganization, type Done, findMissing } from "./organization-change.ts";
import * as Rights from "./rights.ts";

const CODE_BYTES = 16;

/** Throws `quota_exceeded`. */
export const create = (
  services: ChangeServices,
  actor: Actor,
  request: CreateInviteRequest,
): Promise<CreatedInvite> =>
  changeOrganization(services, actor, { action: "invite.create" }, async (state) => {
    state.refuse(findMissing(state, Permissions.CREATE_INVITE));
    const code = randomBytes(CODE_BYTES).toString("base64url");
    const { now } = actor;
    const row = await Rows.create(state.tx, actor.orgId, {
      codeHash: hashOf(code),
      createdBy: actor.userId,
      roleId: null,
      now,
      expiresAt: new Date(now.getTime() + request.expiresInSeconds * 1000),
      usesMax: request.usesMax ?? 0,
    });
    return {
      value: { ...toInvite(row), code },
      audit: { target: { type: "invite", id: row.id }, after: { ...request } },
    };
  });

/** One's own, or everybody's by MANAGE_ORG. */
export const list = (db: Database, asker: Rights.Asker): Promise<Invite[]> =>
  withOrg(db, asker.orgId, async (tx) => {
    const held = await Rights.assertHolds(tx, asker, Permissions.CREATE_INVITE);
    const rows = await Rows.list(tx, asker.orgId, asker.now);
    const all = Permissions.has(held, Permissions.MANAGE_ORG);
    return rows.filter(({ createdBy }) => all || createdBy === asker.userId).map(toInvite);
  });

/** One's own, or anybody's by MANAGE_ORG. */
export const revoke = (services: ChangeServices, actor: Actor, id: InviteId): Promise<void> => {
  const target = { type: "invite" as const, id };
  const intent = { action: "invite.revoke" as const, target };
  return changeOrganization(services, actor, intent, async (state): Promise<Done<void>> => {
    const found = (await Rows.list(state.tx, actor.orgId, actor.now)).find((row) => row.id === id);
    if (!found) throw new AppError("not_found");
    if (found.createdBy !== actor.userId) state.refuse(findMissing(state, Permissions.MANAGE_ORG));
    await Rows.remove(state.tx, actor.orgId, id);
    return { value: undefined, audit: { before: { uses: found.uses } } };
  });
};

/** For whoever has the code, logged in or not. Throws `not_found` once it opens nothing any more. */
export const preview = (db: Database, code: string, now: Date): Promise<InvitePreview> =>
  withSystem(db, async (tx) => {
    const found = await Rows.findByCode(tx, hashOf(code), now);
    if (!found) throw new AppError("not_found");
    const { invite, organization } = found;
    const host = await Users.find(tx, invite.createdBy);
    return {
      organization: { tag: organization.tag, name: organization.name },
      members: organization.memberCount,
      invitedBy: host?.username ?? null,
      expiresAt: invite.expiresAt.toISOString(),
    };
  });

/**
 * Makes the caller a member; for one who is already, nothing changes and no use is counted. Throws `not_found`,
 * `banned`, or `quota_exceeded`.
 */
export const accept = (db: Database, caller: Omit<Actor, "orgId">, code: string): Promise<Organization> =>
  withSystem(db, async (tx) => {
    const { userId, username, now, requestId, ip } = caller;
    const codeHash = hashOf(code);
    const found = await Rows.findByCode(tx, codeHash, now);
    if (!found) throw new AppError("not_found");
    const { id, tag, name } = found.organization;
    const organization = { id, tag, name };
    // First of all locks, as in every change: a ban at this moment comes wholly before or after.
    await Organizations.lock(tx, id);
    if (await Bans.isBanned(tx, id, userId, now)) throw new AppError("banned");
    const outcome = await Memberships.join(tx, id, userId, now);
    if (outcome === "banned") throw new AppError("banned");
    if (outcome === "active") return organization;
    // Last, since only one of many racers may take its last use.
    if (!(await Rows.use(tx, codeHash, now))) throw new AppError("not_found");
    await AuditLog.append(tx, id, {
      at: now,
      actorId: userId,
      action: "member.join",
      target: { type: "user", id: userId },
      after: { inviteId: found.invite.id },
      requestId,
      personal: { actorName: username, targetName: username, ...(ip ? { ip } : {}) },
    });
    return organization;
  });

const hashOf = (code: string): Uint8Array => createHash("sha256").update(code).digest();

const toInvite = (row: Rows.Invite): Invite => ({
  id: row.id,
  createdBy: row.createdBy,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  uses: row.uses,
  usesMax: row.usesMax === 0 ? null : row.usesMax,
});
