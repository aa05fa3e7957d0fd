/** Tenants: made, changed, handed over, ended, counted. */
import { AppError } from "@parley/contract/errors";
import type { OrganizationId, UserId } from "@parley/contract/ids";
import type { NodeDirectory } from "@parley/contract/node-directory";
import type {
  CreateOrganizationRequest,
  OrganizationDetail,
  UpdateOrganizationRequest,
  Usage,
} from "@parley/contract/organizations";
import * as Permissions from "@parley/contract/permissions";
import type { Database, Transaction } from "@parley/db/client";
import * as AuditLog from "@parley/db/queries/audit-log";
import * as Channels from "@parley/db/queries/channels";
import * as Rows from "@parley/db/queries/organizations";
import * as Sessions from "@parley/db/queries/sessions";
import { withOrg, withSystem } from "@parley/db/scope";
import type { Actor } from "./actor.ts";
import {
  type ChangeServices,
  type ChangeState,
  changeBeyondOrganization,
  changeOrganization,
  findMissing,
} from "./organization-change.ts";
import { requireRecentLogin } from "./recent-login.ts";
import * as Rights from "./rights.ts";

/** What members may do in a new organisation until its owner says otherwise. */
const EVERYONE_AT_FIRST =
  Permissions.VIEW | Permissions.CONNECT | Permissions.SPEAK | Permissions.TEXT | Permissions.WHISPER;
const FIRST_CHANNEL = "Lobby";

/** With one channel, so that there is something to join. Throws `name_taken` for the tag, or `quota_exceeded`. */
export async function create(
  db: Database,
  creator: Omit<Actor, "orgId">,
  request: CreateOrganizationRequest,
): Promise<OrganizationDetail> {
  const { userId, username, now, requestId, ip } = creator;
  return withSystem(db, async (tx) => {
    const organization = await Rows.create(tx, {
      ...request,
      ownerId: userId,
      everyone: EVERYONE_AT_FIRST,
      now,
    });
    await Channels.create(tx, organization.id, { name: FIRST_CHANNEL, parentId: null, now });
    await AuditLog.append(tx, organization.id, {
      at: now,
      actorId: userId,
      action: "organization.create",
      target: { type: "organization", id: organization.id },
      after: { ...request },
      requestId,
      personal: { actorName: username, ...(ip ? { ip } : {}) },
    });
    return {
      ...organization,
      ownerId: userId,
      createdAt: now.toISOString(),
      permissions: Permissions.ALL.toString(),
      rank: null,
    };
  });
}

/** Throws `not_found` for everybody outside. */
export const read = (db: Database, asker: Rights.Asker): Promise<OrganizationDetail> =>
  withOrg(db, asker.orgId, (tx) => readDetail(tx, asker));

/** Throws `not_found` for everybody outside: tags tell strangers nothing. */
export async function readByTag(
  db: Database,
  asker: Omit<Rights.Asker, "orgId">,
  tag: string,
): Promise<OrganizationDetail> {
  const found = await withSystem(db, (tx) => Rows.findByTag(tx, tag));
  if (!found) throw new AppError("not_found");
  return read(db, { ...asker, orgId: found.id });
}

/** Throws `name_taken` for the tag. */
export const update = (
  services: ChangeServices,
  actor: Actor,
  request: UpdateOrganizationRequest,
): Promise<OrganizationDetail> =>
  changeOrganization(services, actor, intentOf("organization.update", actor), async (state) => {
    const { tx, organization } = state;
    state.refuse(findMissing(state, Permissions.MANAGE_ORG));
    const { name, tag } = organization;
    const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
    await Rows.update(tx, actor.orgId, given);
    return {
      value: await readDetail(tx, actor),
      audit: { before: { name, tag }, after: given },
    };
  });

/**
 * The owner alone, after a recent log-in; ends their other sessions. Throws `not_found` when the new owner isn't
 * an active member, `quota_exceeded` when they own as many organisations as anybody may.
 */
export async function transfer(services: ChangeServices, actor: Actor, userId: UserId): Promise<void> {
  const intent = intentOf("organization.transfer", actor);
  await changeBeyondOrganization(services, actor, intent, async (state) => {
    assertOwner(state);
    const heir = await state.person(userId);
    if (heir.status !== "active") throw new AppError("not_found");
    if (userId !== actor.userId && !(await Rows.mayOwnMore(state.tx, userId))) {
      throw new AppError("quota_exceeded", {
        detail: `They own as many organisations as anybody may. Choose another member.`,
      });
    }
    await Rows.transfer(state.tx, actor.orgId, userId);
    return {
      value: undefined,
      audit: {
        target: { type: "user", id: userId },
        before: { ownerId: actor.userId },
        after: { ownerId: userId },
      },
      // Calls go on: the former owner's with what their roles give, the new one's with everything.
      authz: [
        { kind: "rights", userId: actor.userId },
        { kind: "rights", userId },
      ],
      endedSessions: await Sessions.revokeAll(state.tx, actor.userId, {
        now: actor.now,
        reason: "ownership",
        except: actor.sessionId,
      }),
    };
  });
}

/** The owner alone, after a recent log-in. Calls end; the audit log stays. */
export async function remove(services: ChangeServices, actor: Actor): Promise<void> {
  await changeOrganization(services, actor, intentOf("organization.delete", actor), async (state) => {
    const { name, tag } = state.organization;
    assertOwner(state);
    await Rows.remove(state.tx, actor.orgId);
    return { value: undefined, audit: { before: { name, tag } }, authz: [{ kind: "organization" }] };
  });
}

export async function readUsage(
  services: { db: Database; directory: NodeDirectory },
  asker: Rights.Asker,
): Promise<Usage> {
  const row = await withOrg(services.db, asker.orgId, async (tx) => {
    await Rights.getMember(tx, asker);
    return Rows.find(tx, asker.orgId);
  });
  if (!row) throw new AppError("not_found");
  const present = await services.directory.listPresence(asker.orgId);
  return {
    members: { used: row.memberCount, quota: row.membersMax },
    channels: { used: row.channelCount, quota: row.channelsMax },
    concurrentVoices: { used: present.length, quota: row.voicesMax },
  };
}

async function readDetail(tx: Transaction, asker: Rights.Asker): Promise<OrganizationDetail> {
  const member = await Rights.getMember(tx, asker);
  const row = await Rows.find(tx, asker.orgId);
  if (!row) throw new AppError("not_found");
  const { id, tag, name, ownerId, createdAt } = row;
  const self = Rights.toMember(member, asker.now);
  return {
    id,
    tag,
    name,
    ownerId,
    createdAt: createdAt.toISOString(),
    permissions: Permissions.organizationPermissions(member.roles, self).toString(),
    rank: self.isOwner ? null : Permissions.rankOf(member.roles, self),
  };
}

function assertOwner(state: ChangeState): void {
  if (!state.member.isOwner) state.refuse({ kind: "owner_only" });
  requireRecentLogin(state.actor, state.actor.now);
}

const intentOf = <Action extends string>(action: Action, { orgId }: { orgId: OrganizationId }) => ({
  action,
  target: { type: "organization" as const, id: orgId },
});
