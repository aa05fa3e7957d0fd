/** The largest organisation that limits allow, as rows read from a database. */
import type { ChannelId, RoleId, UserId } from "@parley/contract/ids";
import {
  ACL_ENTRIES_PER_CHANNEL_MAX,
  CHANNEL_DEPTH_MAX,
  CHANNELS_PER_ORGANIZATION_MAX,
  ROLES_PER_ORGANIZATION_MAX,
} from "@parley/contract/limits";
import * as Permissions from "@parley/contract/permissions";

export const memberWith = (user: number, roles: readonly number[]): Permissions.Member => ({
  userId: fresh(userId(user)),
  status: "active",
  isOwner: false,
  timedOut: false,
  roleIds: new Set(roles.map((n) => fresh(roleId(n)))),
});

/** Chains of channels as deep as allowed; every channel with as many entries as allowed. */
export function largestOrganization(): Permissions.OrganizationRights {
  return {
    roles: Array.from({ length: ROLES_PER_ORGANIZATION_MAX }, (_, n) => ({
      id: fresh(roleId(n)),
      position: n,
      permissions: n === 0 ? Permissions.VIEW | Permissions.CONNECT : Permissions.SPEAK,
      isEveryone: n === 0,
    })),
    channels: Array.from({ length: CHANNELS_PER_ORGANIZATION_MAX }, (_, n) => ({
      id: fresh(channelId(n)),
      parentId: n % CHANNEL_DEPTH_MAX === 0 ? null : fresh(channelId(n - 1)),
      inherit: n % 5 !== 0,
    })),
    entries: Array.from({ length: CHANNELS_PER_ORGANIZATION_MAX }, (_, channel) =>
      Array.from({ length: ACL_ENTRIES_PER_CHANNEL_MAX }, (_, n): Permissions.AclEntry => {
        const role = (channel * 7 + n) % ROLES_PER_ORGANIZATION_MAX;
        return {
          channelId: fresh(channelId(channel)),
          subject:
            n === 0 ? { type: "user", id: fresh(userId(0)) } : { type: "role", id: fresh(roleId(role)) },
          allow: n % 2 === 0 ? Permissions.TEXT | Permissions.WHISPER : Permissions.VIEW,
          deny: n % 3 === 0 ? Permissions.RECORD : Permissions.SPEAK,
          appliesTo: n % 4 === 0 ? "here" : "here_and_below",
        };
      }),
    ).flat(),
  };
}

export const roleId = (n: number) => idOf(1, n) as RoleId;
export const channelId = (n: number) => idOf(2, n) as ChannelId;
const userId = (n: number) => idOf(3, n) as UserId;

/** Ids as a database row gives them: every row its own string, none shared or hashed before. */
const fresh = <T extends string>(id: T): T => Buffer.from(id).toString() as T;
const idOf = (kind: number, n: number): string =>
  `019300${kind.toString(16).padStart(2, "0")}-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
