/**
 * `npm run bench:permissions`: one member's permissions in all channels of the largest organisation that limits
 * allow: 500 channels × 250 roles × 100 entries per channel. Target: 5 ms at most. Two members: one who holds
 * every role, so that each of 50,000 entries counts, and one who holds five. The index over all entries is made
 * once for all members that are asked about.
 */
import type { ChannelId, RoleId, UserId } from "@parley/contract/ids";
import {
  ACL_ENTRIES_PER_CHANNEL_MAX,
  CHANNEL_DEPTH_MAX,
  CHANNELS_PER_ORGANIZATION_MAX,
  ROLES_PER_ORGANIZATION_MAX,
} from "@parley/contract/limits";
import * as Permissions from "@parley/contract/permissions";
import { percentile } from "./percentile.ts";
import { report } from "./report.ts";

const WARM_UP_ROUNDS = 20;
const ROUNDS = 100;
const FEW_ROLES = 5;

/** Ids as a database row gives them: every row its own string, none shared or hashed before. */
const fresh = <T extends string>(id: T): T => Buffer.from(id).toString() as T;
const idOf = (kind: number, n: number): string =>
  `019300${kind.toString(16).padStart(2, "0")}-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
const roleId = (n: number) => idOf(1, n) as RoleId;
const channelId = (n: number) => idOf(2, n) as ChannelId;
const userId = idOf(3, 0) as UserId;

const member = (roles: number): Permissions.Member => ({
  userId: fresh(userId),
  status: "active",
  isOwner: false,
  timedOut: false,
  roleIds: new Set(Array.from({ length: roles }, (_, n) => fresh(roleId(n + 1)))),
});

/** Chains of channels as deep as allowed; every channel with as many entries as allowed. */
function largestOrganization(): Permissions.OrganizationRights {
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
          subject: n === 0 ? { type: "user", id: fresh(userId) } : { type: "role", id: fresh(roleId(role)) },
          allow: n % 2 === 0 ? Permissions.TEXT | Permissions.WHISPER : Permissions.VIEW,
          deny: n % 3 === 0 ? Permissions.RECORD : Permissions.SPEAK,
          appliesTo: n % 4 === 0 ? "here" : "here_and_below",
        };
      }),
    ).flat(),
  };
}

interface Timing {
  indexMs: number[];
  treeMs: number[];
  treeHeapBytes: number;
}

/** Each round on rows never seen before, as after a read from the database. */
function measure(subject: Permissions.Member): Timing {
  const indexMs: number[] = [];
  const treeMs: number[] = [];
  const heapBytes: number[] = [];
  for (let n = 0; n < WARM_UP_ROUNDS + ROUNDS; n++) {
    const organization = largestOrganization();
    const start = performance.now();
    const index = Permissions.indexRights(organization);
    const indexed = performance.now();
    const heapBefore = process.memoryUsage().heapUsed;
    const treeStart = performance.now();
    const tree = Permissions.effectiveTree(index, subject);
    const end = performance.now();
    if (tree.size !== CHANNELS_PER_ORGANIZATION_MAX) throw new Error("channels are missing");
    if (n < WARM_UP_ROUNDS) continue;
    indexMs.push(indexed - start);
    treeMs.push(end - treeStart);
    heapBytes.push(process.memoryUsage().heapUsed - heapBefore);
  }
  // A collection inside a run makes its difference small or negative; the median run is undisturbed.
  return { indexMs, treeMs, treeHeapBytes: percentile(heapBytes, 0.5) };
}

const all = measure(member(ROLES_PER_ORGANIZATION_MAX - 1));
const few = measure(member(FEW_ROLES));

report("Effective permissions of one member", {
  channels: CHANNELS_PER_ORGANIZATION_MAX,
  roles: ROLES_PER_ORGANIZATION_MAX,
  entriesPerChannel: ACL_ENTRIES_PER_CHANNEL_MAX,
  everyRoleTreeMsP50: percentile(all.treeMs, 0.5),
  everyRoleTreeMsP95: percentile(all.treeMs, 0.95),
  everyRoleTreeHeapBytes: all.treeHeapBytes,
  fewRolesTreeMsP50: percentile(few.treeMs, 0.5),
  fewRolesTreeMsP95: percentile(few.treeMs, 0.95),
  fewRolesTreeHeapBytes: few.treeHeapBytes,
  indexMsP50: percentile([...all.indexMs, ...few.indexMs], 0.5),
});
