/** Who may do what in a channel: its entries, and why somebody may or may not. */
import {
  type ChannelAcl,
  type PutChannelAclRequest,
  toAclEntries,
  toChannelAcl,
} from "@parley/contract/channel-acl";
import { AppError } from "@parley/contract/errors";
import type { ChannelId, UserId } from "@parley/contract/ids";
import { type Inspection, toInspection } from "@parley/contract/inspection";
import * as Permissions from "@parley/contract/permissions";
import type { Database, Transaction } from "@parley/db/client";
import * as Rows from "@parley/db/queries/channel-acl";
import * as Channels from "@parley/db/queries/channels";
import * as Members from "@parley/db/queries/members";
import * as Organizations from "@parley/db/queries/organizations";
import * as Roles from "@parley/db/queries/roles";
import { withOrg } from "@parley/db/scope";
import type { Actor } from "./actor.ts";
import { intentOn } from "./channels.ts";
import { type ChangeServices, changeOrganization } from "./organization-change.ts";
import * as Rights from "./rights.ts";
import * as Snapshot from "./snapshot.ts";

/** For those who manage the channel, or roles. */
export const read = (db: Database, asker: Rights.Asker, channelId: ChannelId): Promise<ChannelAcl> =>
  withOrg(db, asker.orgId, async (tx) => {
    await assertMayInspect(tx, asker, channelId);
    const channel = await Channels.find(tx, asker.orgId, channelId);
    if (!channel) throw new AppError("not_found");
    const rows = await Rows.list(tx, asker.orgId, channelId);
    return toChannelAcl(channel.inherit, rows.map(Rights.toEntry));
  });

/** Replaces all entries. Throws `not_found` for a subject that is no role and never was a member here. */
export const replace = (
  services: ChangeServices,
  actor: Actor,
  channelId: ChannelId,
  request: PutChannelAclRequest,
): Promise<ChannelAcl> =>
  changeOrganization(services, actor, intentOn("channel.acl", channelId), async (state) => {
    const { tx } = state;
    const entries = toAclEntries(channelId, request);
    const userIds = entries.flatMap(({ subject }) => (subject.type === "user" ? [subject.id] : []));
    await Rights.assertSees(tx, actor, channelId);
    const { inherit } = request;
    const people = await Members.listRights(tx, actor.orgId, userIds);
    const known = new Set<string>([
      ...state.roles.map(({ id }) => id),
      ...people.map(({ userId }) => userId),
    ]);
    if (entries.some(({ subject }) => !known.has(subject.id))) throw new AppError("not_found");
    await state.judge({ kind: "channel_acl", channelId, inherit, entries }, userIds);
    const channel = await Channels.find(tx, actor.orgId, channelId);
    const before = await Rows.list(tx, actor.orgId, channelId);
    if (channel?.inherit !== inherit) await Channels.update(tx, actor.orgId, channelId, { inherit });
    await Rows.replace(tx, actor.orgId, channelId, entries.map(toRow));
    const after = toChannelAcl(inherit, entries);
    return {
      value: after,
      audit: {
        before: { ...toChannelAcl(channel?.inherit ?? true, before.map(Rights.toEntry)) },
        after: { ...after, name: channel?.name },
      },
      authz: [{ kind: "rights" }],
    };
  });

/** Oneself always; others for those who manage the channel, or roles. */
export const inspect = (
  db: Database,
  asker: Rights.Asker,
  channelId: ChannelId,
  userId: UserId,
): Promise<Inspection> =>
  withOrg(db, asker.orgId, async (tx) => {
    const { orgId, now } = asker;
    if (userId === asker.userId) await Rights.assertSees(tx, asker, channelId);
    else await assertMayInspect(tx, asker, channelId);
    const [person] = await Members.listRights(tx, orgId, [userId]);
    const organization = await Organizations.find(tx, orgId);
    if (!person || !organization) throw new AppError("not_found");
    const channels = await Channels.path(tx, orgId, channelId);
    const ids = channels.map(({ id }) => id);
    const entries = (await Rows.listOfChannels(tx, orgId, ids)).map(Rights.toEntry);
    const roles = (await Roles.list(tx, orgId)).map(Snapshot.toRole);
    const member = Snapshot.toMember(person, organization.ownerId, now);
    return toInspection(
      { userId, channelId },
      Permissions.explain({ roles, channels, entries }, member, channelId),
    );
  });

async function assertMayInspect(tx: Transaction, asker: Rights.Asker, channelId: ChannelId): Promise<void> {
  const held = await Rights.assertSees(tx, asker, channelId);
  if (Permissions.has(held, Permissions.MANAGE_CHANNEL)) return;
  if (Permissions.has(held, Permissions.MANAGE_ROLES)) return;
  throw new AppError("forbidden", {
    detail: "For this you need the permission “Manage the channel” or “Manage roles”.",
  });
}

const toRow = ({ subject, allow, deny, appliesTo }: Permissions.AclEntry): Rows.AclInput => ({
  roleId: subject.type === "role" ? subject.id : null,
  userId: subject.type === "user" ? subject.id : null,
  allow,
  deny,
  appliesTo,
});
