/** A small organisation for tests: an owner, a member, two roles, a channel with a child and an entry. */
import type { ChannelId, OrganizationId, RoleId, UserId } from "@parley/contract/ids";
import type { Database } from "../client.ts";
import * as ChannelAcl from "../queries/channel-acl.ts";
import * as Channels from "../queries/channels.ts";
import * as Memberships from "../queries/memberships.ts";
import * as Organizations from "../queries/organizations.ts";
import * as Roles from "../queries/roles.ts";
import * as Users from "../queries/users.ts";
import { withSystem } from "../scope.ts";

export interface Tenant {
  orgId: OrganizationId;
  tag: string;
  ownerId: UserId;
  memberId: UserId;
  everyoneId: RoleId;
  roleId: RoleId;
  channelId: ChannelId;
  childId: ChannelId;
}

let made = 0;

export const makeUser = (database: Database, username = `user${++made}`): Promise<UserId> =>
  withSystem(database, async (tx) => {
    const user = await Users.create(tx, { username, passwordHash: "x", now: new Date() });
    if (!user) throw new Error(`${username} is taken`);
    return user.id;
  });

export async function makeTenant(database: Database, tag = `T${++made}`): Promise<Tenant> {
  const ownerId = await makeUser(database);
  const memberId = await makeUser(database);
  return withSystem(database, async (tx) => {
    const now = new Date();
    const { id: orgId } = await Organizations.create(tx, { tag, name: tag, ownerId, everyone: 7n, now });
    const [everyone] = await Roles.list(tx, orgId);
    const { id: roleId } = await Roles.create(tx, orgId, { name: "Speaker", permissions: 4n });
    await Memberships.join(tx, orgId, memberId, now);
    await Roles.setHeld(tx, orgId, memberId, [roleId]);
    const { id: channelId } = await Channels.create(tx, orgId, { name: "Hall", parentId: null, now });
    const { id: childId } = await Channels.create(tx, orgId, { name: "Corner", parentId: channelId, now });
    await ChannelAcl.replace(tx, orgId, channelId, [
      { roleId, userId: null, allow: 4n, deny: 0n, appliesTo: "here_and_below" },
      { roleId: null, userId: memberId, allow: 0n, deny: 2n, appliesTo: "here" },
    ]);
    return { orgId, tag, ownerId, memberId, everyoneId: everyone?.id as RoleId, roleId, channelId, childId };
  });
}
