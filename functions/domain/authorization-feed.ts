/** What media nodes ask about rights: the outbox, and what people may do where they are. */
import type { AuthorizationFeed, Stay } from "@parley/contract/authorization-feed";
import type { OrganizationId, SessionId } from "@parley/contract/ids";
import * as Permissions from "@parley/contract/permissions";
import type { Database } from "@parley/db/client";
import * as AuthzChanges from "@parley/db/queries/authz-changes";
import * as ChannelAcl from "@parley/db/queries/channel-acl";
import * as Channels from "@parley/db/queries/channels";
import * as Organizations from "@parley/db/queries/organizations";
import * as Roles from "@parley/db/queries/roles";
import { withOrg, withSystem } from "@parley/db/scope";
import { toEntry } from "./rights.ts";
import * as Snapshot from "./snapshot.ts";

const CHANGES_MAX = 500;

export interface LocalFeed extends AuthorizationFeed {
  /** To be called after each commit that wrote changes. */
  changed(): void;
}

/** For a node in the same process. */
export function createAuthorizationFeed(db: Database, now: () => Date): LocalFeed {
  const listeners = new Set<() => void>();
  return {
    lastSeq: () => withSystem(db, AuthzChanges.lastSeq),
    async listAfter(seq) {
      const rows = await withSystem(db, (tx) => AuthzChanges.listAfter(tx, seq, CHANGES_MAX));
      return rows.map((row) => ({ ...row, sessionId: row.sessionId as SessionId | null }));
    },
    readPermissions: (orgId, stays) => readPermissions(db, orgId, stays, now()),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    changed() {
      for (const listener of listeners) listener();
    },
  };
}

function readPermissions(
  db: Database,
  orgId: OrganizationId,
  stays: readonly Stay[],
  now: Date,
): Promise<bigint[]> {
  return withOrg(db, orgId, async (tx) => {
    const organization = await Organizations.find(tx, orgId);
    if (!organization) return stays.map(() => 0n);
    const place = { orgId, ownerId: organization.ownerId, now };
    const members = await Snapshot.readMembers(
      tx,
      place,
      stays.map((stay) => stay.userId),
    );
    const channels = Permissions.waysTo(
      await Channels.listLinks(tx, orgId),
      stays.map((stay) => stay.channelId),
    );
    const ids = channels.map(({ id }) => id);
    const entries = (await ChannelAcl.listOfChannels(tx, orgId, ids)).map(toEntry);
    const roles = (await Roles.list(tx, orgId)).map(Snapshot.toRole);
    const index = Permissions.indexRights({ roles, channels, entries });
    const trees = new Map(members.map((member) => [member.userId, Permissions.effectiveTree(index, member)]));
    return stays.map(({ userId, channelId }) => trees.get(userId)?.get(channelId) ?? 0n);
  });
}
