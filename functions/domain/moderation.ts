/** Keeping people out, for good or for a while. */
import type { Ban, BanRequest } from "@parley/contract/bans";
import { AppError } from "@parley/contract/errors";
import type { UserId } from "@parley/contract/ids";
import * as Permissions from "@parley/contract/permissions";
import type { TimeOutRequest } from "@parley/contract/time-outs";
import type { Database } from "@parley/db/client";
import * as Bans from "@parley/db/queries/bans";
import * as Invites from "@parley/db/queries/invites";
import * as Memberships from "@parley/db/queries/memberships";
import { withOrg } from "@parley/db/scope";
import type { Actor } from "./actor.ts";
import { activePerson, intentOn } from "./members.ts";
import { type ChangeServices, changeOrganization, type Done, findMissing } from "./organization-change.ts";
import * as Rights from "./rights.ts";

/** Somebody who is or was a member, for good or for a while; their open invites end. Banning again replaces reason and end. */
export const ban = (
  services: ChangeServices,
  actor: Actor,
  userId: UserId,
  { reason, durationSeconds }: BanRequest,
): Promise<void> =>
  changeOrganization(
    services,
    actor,
    { ...intentOn("member.ban", userId), reason },
    async (state): Promise<Done<void>> => {
      const { member, roleIds } = await state.person(userId);
      state.refuse(Permissions.findActionRefusal(state.roles, state.member, member, Permissions.BAN_MEMBERS));
      const { now, orgId } = actor;
      const expiresAt = durationSeconds === null ? null : new Date(now.getTime() + durationSeconds * 1000);
      const permissionVersion = await Bans.create(state.tx, orgId, {
        userId,
        bannedBy: actor.userId,
        reason,
        now,
        expiresAt,
      });
      const invites = await Invites.removeOfMaker(state.tx, orgId, userId);
      return {
        value: undefined,
        audit: { before: { roleIds, invites }, after: { durationSeconds } },
        authz: [{ kind: "banned", userId, permissionVersion }],
      };
    },
  );

/** They aren't members again: they may come back by an invite. */
export const unban = (services: ChangeServices, actor: Actor, userId: UserId): Promise<void> =>
  changeOrganization(
    services,
    actor,
    intentOn("member.unban", userId),
    async (state): Promise<Done<void>> => {
      await state.person(userId);
      state.refuse(findMissing(state, Permissions.BAN_MEMBERS));
      if (!(await Bans.remove(state.tx, actor.orgId, userId))) throw new AppError("not_found");
      return { value: undefined, audit: {} };
    },
  );

export async function listBans(
  db: Database,
  asker: Rights.Asker,
  page: { after: UserId | undefined; limit: number },
): Promise<Ban[]> {
  const { after, limit } = page;
  return withOrg(db, asker.orgId, async (tx) => {
    await Rights.assertHolds(tx, asker, Permissions.BAN_MEMBERS);
    const rows = await Bans.list(tx, asker.orgId, { limit, now: asker.now, ...(after ? { after } : {}) });
    return rows.map(({ userId, username, reason, createdAt, bannedBy, expiresAt }) => ({
      userId,
      username,
      reason,
      bannedAt: createdAt.toISOString(),
      expiresAt: expiresAt?.toISOString() ?? null,
      bannedBy,
    }));
  });
}

/** Leaves a member the sight of the channels until it ends by itself. */
export const timeOut = (
  services: ChangeServices,
  actor: Actor,
  userId: UserId,
  { durationSeconds, reason }: TimeOutRequest,
): Promise<void> =>
  changeOrganization(
    services,
    actor,
    { ...intentOn("member.time_out", userId), reason },
    async (state): Promise<Done<void>> => {
      const { member } = await activePerson(state, userId);
      state.refuse(Permissions.findTimeOutRefusal(state.roles, state.member, member));
      const timedOutUntil = new Date(actor.now.getTime() + durationSeconds * 1000);
      const permissionVersion = await Memberships.change(state.tx, actor.orgId, userId, { timedOutUntil });
      return {
        value: undefined,
        audit: { after: { durationSeconds } },
        authz: [{ kind: "rights", userId, ...(permissionVersion ? { permissionVersion } : {}) }],
      };
    },
  );

export const endTimeOut = (services: ChangeServices, actor: Actor, userId: UserId): Promise<void> =>
  changeOrganization(
    services,
    actor,
    intentOn("member.time_out_end", userId),
    async (state): Promise<Done<void>> => {
      const { member } = await activePerson(state, userId);
      state.refuse(
        Permissions.findActionRefusal(state.roles, state.member, member, Permissions.KICK_MEMBERS),
      );
      await Memberships.change(state.tx, actor.orgId, userId, { timedOutUntil: null });
      return { value: undefined, audit: {} };
    },
  );
