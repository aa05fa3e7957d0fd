/**
 * `npm run bench:permissions`, for the largest organisation: 500 channels × 250 roles × 100 entries per channel.
 * One member's permissions in all channels; target: 5 ms at most. Two members: one who holds every role, so that
 * each of 50,000 entries counts, and one who holds five. The index over all entries is made once for all members
 * that are asked about. Then the guard of one channel's change, which tries it out on a thousand members of whom
 * no two hold the same roles: it runs while the organisation's row is locked. And the guard of a change of `everyone`,
 * which reaches each of them in each channel.
 */
import {
  ACL_ENTRIES_PER_CHANNEL_MAX,
  CHANNELS_PER_ORGANIZATION_MAX,
  ROLES_PER_ORGANIZATION_MAX,
} from "@parley/contract/limits";
import * as Permissions from "@parley/contract/permissions";
import { channelId, largestOrganization, memberWith, roleId } from "./largest-organization.ts";
import { percentile } from "./percentile.ts";
import { report } from "./report.ts";

const WARM_UP_ROUNDS = 20;
const ROUNDS = 100;
const GUARD_MEMBERS = 1_000;
const GUARD_ROUNDS = 20;
const MANAGER_BITS = Permissions.ALL & ~Permissions.ADMINISTRATOR;
const ASSIGNABLE = ROLES_PER_ORGANIZATION_MAX - 1;

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

/** Of whom no two hold the same roles. */
const guardMembers = () =>
  Array.from({ length: GUARD_MEMBERS }, (_, n) =>
    memberWith(
      n + 1,
      [1, 2, 3, 4, 5].map((k) => 1 + ((n * k + k * k) % (ASSIGNABLE - 1))),
    ),
  );

/** How long the guard takes to find nothing against a change. */
function timesOf(
  snapshot: Permissions.Snapshot,
  actor: Permissions.Member,
  change: Permissions.Change,
): number[] {
  const ms: number[] = [];
  for (let n = 0; n < GUARD_ROUNDS; n++) {
    const start = performance.now();
    const refusal = Permissions.findRefusal(snapshot, actor, change);
    ms.push(performance.now() - start);
    if (refusal) throw new Error(`refused before all was tried: ${refusal.kind}`);
  }
  return ms;
}

/**
 * One who isn't the owner lets everyone write: tried out on each member in each of 500 channels, since in some the
 * actor doesn't hold everything. They hold the new bit in every channel by an entry of their own.
 */
function measureEveryoneGuard(): number[] {
  const { roles, channels, entries } = largestOrganization();
  const rights = {
    channels,
    entries,
    roles: roles.map((role, n) => (n === ASSIGNABLE ? { ...role, permissions: MANAGER_BITS } : role)),
  };
  const actor = memberWith(0, [ASSIGNABLE]);
  const everyone = roles.find((role) => role.isEveryone) as Permissions.Role;
  const change: Permissions.Change = {
    kind: "role_update",
    roleId: everyone.id,
    permissions: everyone.permissions | Permissions.TEXT,
  };
  return timesOf({ rights, members: [...guardMembers(), actor] }, actor, change);
}

/** A manager of channels, who holds nothing else, opens a top channel to one more role. */
function measureGuard(): number[] {
  const { roles, channels, entries } = largestOrganization();
  const permissions = Permissions.CHANNEL_BITS;
  const rights = {
    channels,
    entries,
    roles: roles.map((role, n) => (n === ASSIGNABLE ? { ...role, permissions } : role)),
  };
  const manager = memberWith(GUARD_MEMBERS + 1, [ASSIGNABLE]);
  const change: Permissions.Change = {
    kind: "channel_acl",
    channelId: channelId(0),
    inherit: true,
    entries: [
      ...entries.filter((entry) => entry.channelId === channelId(0)),
      {
        channelId: channelId(0),
        subject: { type: "role", id: roleId(ASSIGNABLE) },
        allow: Permissions.VIEW,
        deny: 0n,
        appliesTo: "here_and_below",
      },
    ],
  };
  return timesOf({ rights, members: [...guardMembers(), manager] }, manager, change);
}

const all = measure(
  memberWith(
    0,
    Array.from({ length: ASSIGNABLE }, (_, n) => n + 1),
  ),
);
const few = measure(memberWith(0, [1, 2, 3, 4, 5]));
const guardMs = measureGuard();
const everyoneGuardMs = measureEveryoneGuard();

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
  guardMembers: GUARD_MEMBERS,
  guardMsP50: percentile(guardMs, 0.5),
  guardMsP95: percentile(guardMs, 0.95),
  everyoneGuardMsP50: percentile(everyoneGuardMs, 0.5),
  everyoneGuardMsP95: percentile(everyoneGuardMs, 0.95),
});
