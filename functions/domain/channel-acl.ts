/** Who may do what in a channel: its entries, and why somebody may or may not. */
import {
  type PutChannelAclRequest,
  toAclEntries,
  toChannelAcl,
  type VersionedChannelAcl,
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
import { assertExpected, type ExpectedVersions, versionOf } from "./version.ts";

/** For those who manage the channel, or roles. */
export const read = (db: Database, asker: Rights.Asker, channelId: ChannelId): Promise<VersionedChannelAcl> =>
  withOrg(db, asker.orgId, async (tx) => {
    await assertMayInspect(tx, asker, channelId);
    const channel = await Channels.find(tx, asker.orgId, channelId);
    if (!channel) throw new AppError("not_found");
    const entries = (await Rows.list(tx, asker.orgId, channelId)).map(Rights.toEntry);
    const people = await Members.listRights(tx, asker.orgId, peopleOf(entries));
    return withPeople(versioned(channel.inherit, entries), people);
  });

/**
 * Replaces all entries. Throws `not_found` for a subject that is no role and never was a member here,
 * `changed_meanwhile` where the entries are of none of the `expected` versions.
 */
export const replace = (
  services: ChangeServices,
  actor: Actor,
  channelId: ChannelId,
  request: PutChannelAclRequest,
  expected?: ExpectedVersions,
): Promise<VersionedChannelAcl> =>
  changeOrganization(services, actor, intentOn("channel.acl", channelId), async (state) => {
    const { tx } = state;
    const entries = toAclEntries(channelId, request);
    const userIds = peopleOf(entries);
    const held = await Rights.assertSees(tx, actor, channelId);
    const channel = await Channels.find(tx, actor.orgId, channelId);
    const before = versioned(
      channel?.inherit ?? true,
      (await Rows.list(tx, actor.orgId, channelId)).map(Rights.toEntry),
    );
    // Before the guards, which would judge what the actor never meant; to who may not read the entries it tells nothing.
    if (Permissions.has(held, Permissions.MANAGE_CHANNEL)) assertExpected(expected, before.version);
    const { inherit } = request;
    const people = await Members.listRights(tx, actor.orgId, userIds);
    const known = new Set<string>([
      ...state.roles.map(({ id }) => id),
      ...people.map(({ userId }) => userId),
    ]);
    if (entries.some(({ subject }) => !known.has(subject.id))) throw new AppError("not_found");
    await state.judge({ kind: "channel_acl", channelId, inherit, entries }, userIds);
    if (channel?.inherit !== inherit) await Channels.update(tx, actor.orgId, channelId, { inherit });
    await Rows.replace(tx, actor.orgId, channelId, entries.map(toRow));
    const { version: _, ...had } = before;
    return {
      value: withPeople(versioned(inherit, entries), people),
      audit: { before: had, after: { ...toChannelAcl(inherit, entries), name: channel?.name } },
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

const peopleOf = (entries: readonly Permissions.AclEntry[]): UserId[] =>
  entries.flatMap(({ subject }) => (subject.type === "user" ? [subject.id] : []));

type Versioned = Omit<VersionedChannelAcl, "people">;

const withPeople = (acl: Versioned, people: readonly Members.MemberRights[]): VersionedChannelAcl => ({
  ...acl,
  people: people.map(({ userId, username }) => ({ userId, username })),
});

/** The order of entries means nothing. */
function versioned(inherit: boolean, entries: readonly Permissions.AclEntry[]): Versioned {
  const acl = toChannelAcl(inherit, entries);
  const inOrder = acl.entries.toSorted((a, b) => (a.subject.id < b.subject.id ? -1 : 1));
  const content = inOrder.map(({ subject, allow, deny, appliesTo }) => [subject.id, allow, deny, appliesTo]);
  return { ...acl, version: versionOf([inherit, content]) };
}

const toRow = ({ subject, allow, deny, appliesTo }: Permissions.AclEntry): Rows.AclInput => ({
  roleId: subject.type === "role" ? subject.id : null,
  userId: subject.type === "user" ? subject.id : null,
  allow,
  deny,
  appliesTo,
});
