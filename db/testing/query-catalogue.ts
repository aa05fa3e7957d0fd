/**
 * Every query of the data layer, called once with ids that exist. What runs on a million rows is checked with
 * it: each statement must find its rows by an index. A function that is missing here fails a test.
 */
import type { NodeId } from "@parley/contract/ids";
import type { PasskeyId } from "@parley/contract/second-factors";
import type { Transaction } from "../client.ts";
import { newAuditEventId, newInviteId, newSessionId } from "../ids.ts";
import * as auditLog from "../queries/audit-log.ts";
import * as authzChanges from "../queries/authz-changes.ts";
import * as bans from "../queries/bans.ts";
import * as channelAcl from "../queries/channel-acl.ts";
import * as channels from "../queries/channels.ts";
import * as emailTokens from "../queries/email-tokens.ts";
import * as idempotencyKeys from "../queries/idempotency-keys.ts";
import * as invites from "../queries/invites.ts";
import * as logIns from "../queries/log-ins.ts";
import * as members from "../queries/members.ts";
import * as memberships from "../queries/memberships.ts";
import * as organizations from "../queries/organizations.ts";
import * as passkeys from "../queries/passkeys.ts";
import * as rateLimits from "../queries/rate-limits.ts";
import * as recoveryCodes from "../queries/recovery-codes.ts";
import * as roles from "../queries/roles.ts";
import * as sessions from "../queries/sessions.ts";
import * as totpSecrets from "../queries/totp-secrets.ts";
import * as users from "../queries/users.ts";
import * as voiceRooms from "../queries/voice-rooms.ts";
import { read } from "../reading.ts";
import { statementsOn } from "./statements-on.ts";
import type { Tenant } from "./tenant.ts";

type Call = (tx: Transaction, tenant: Tenant) => Promise<unknown>;

interface CataloguedModule {
  module: Record<string, unknown>;
  /** Runs in one tenant's transaction. */
  org?: Record<string, Call>;
  /** Crosses tenants. */
  system?: Record<string, Call>;
}

const now = new Date();
const later = new Date(now.getTime() + 3_600_000);
const longAgo = new Date(0);
const hash = new Uint8Array(32).fill(7);
const node = { id: "node-a" as NodeId, bootEpoch: 1 };
const passkeyId = "key" as PasskeyId;
const page = { limit: 50 };
const entry = { userId: null, allow: 1n, deny: 0n, appliesTo: "here" as const };

export const queryCatalogue: Record<string, CataloguedModule> = {
  "audit-log": {
    module: auditLog,
    org: {
      append: (tx, t) =>
        auditLog.append(tx, t.orgId, { at: now, actorId: t.ownerId, action: "channel.create" }),
      list: async (tx, t) => {
        await auditLog.list(tx, t.orgId, {}, page);
        await auditLog.list(tx, t.orgId, { actorId: t.ownerId }, { ...page, before: 10 });
        await auditLog.list(tx, t.orgId, { action: "channel.create" }, page);
        await auditLog.list(tx, t.orgId, { outcome: "denied" }, page);
        await auditLog.list(tx, t.orgId, { targetId: t.channelId, from: longAgo, until: later }, page);
      },
      findBySeq: (tx, t) => auditLog.findBySeq(tx, t.orgId, 1),
      verify: (tx, t) => auditLog.verify(tx, t.orgId),
    },
    system: {
      appendOfAccount: (tx, t) =>
        auditLog.appendOfAccount(tx, t.memberId, { at: now, action: "account.login" }),
      listConcerning: async (tx, t) => {
        const [last] = await auditLog.listConcerning(tx, t.memberId, 100);
        await auditLog.listConcerning(tx, t.memberId, 100, last?.id ?? newAuditEventId());
      },
      forgetPerson: (tx, t) => auditLog.forgetPerson(tx, t.memberId),
    },
  },
  "authz-changes": {
    module: authzChanges,
    org: {
      append: (tx, t) => authzChanges.append(tx, t.orgId, [{ kind: "kicked", userId: t.memberId, at: now }]),
    },
    system: {
      listAfter: (tx) => authzChanges.listAfter(tx, 0, 100),
      lastSeq: (tx) => authzChanges.lastSeq(tx),
      prune: (tx) => authzChanges.prune(tx, longAgo),
    },
  },
  bans: {
    module: bans,
    org: {
      create: (tx, t) =>
        bans.create(tx, t.orgId, {
          userId: t.memberId,
          bannedBy: t.ownerId,
          reason: "",
          now,
          expiresAt: longAgo,
        }),
      find: (tx, t) => bans.find(tx, t.orgId, t.memberId),
      list: (tx, t) => bans.list(tx, t.orgId, { ...page, now, after: t.ownerId }),
      isBanned: (tx, t) => bans.isBanned(tx, t.orgId, t.memberId, now),
      remove: (tx, t) => bans.remove(tx, t.orgId, t.memberId),
    },
  },
  channels: {
    module: channels,
    org: {
      one: (tx, t) => read(tx, channels.one({ orgId: t.orgId, id: t.channelId })),
      all: (tx, t) => read(tx, channels.all({ orgId: t.orgId })),
      wayTo: (tx, t) => read(tx, channels.wayTo({ orgId: t.orgId, id: t.childId })),
      find: (tx, t) => channels.find(tx, t.orgId, t.channelId),
      list: (tx, t) => channels.list(tx, t.orgId),
      listLinks: (tx, t) => channels.listLinks(tx, t.orgId),
      path: (tx, t) => channels.path(tx, t.orgId, t.childId),
      subtree: (tx, t) => channels.subtree(tx, t.orgId, t.channelId),
      create: (tx, t) =>
        channels.create(tx, t.orgId, { name: "New", parentId: t.channelId, after: null, now }),
      update: (tx, t) => channels.update(tx, t.orgId, t.channelId, { topic: "x" }),
      move: (tx, t) => channels.move(tx, t.orgId, t.childId, { parentId: null, after: t.channelId }),
      remove: (tx, t) => channels.remove(tx, t.orgId, t.channelId, { cascade: true }),
    },
  },
  "channel-acl": {
    module: channelAcl,
    org: {
      list: (tx, t) => channelAcl.list(tx, t.orgId, t.channelId),
      listOfChannels: (tx, t) => channelAcl.listOfChannels(tx, t.orgId, [t.channelId, t.childId]),
      listOfSubjects: (tx, t) =>
        channelAcl.listOfSubjects(tx, t.orgId, { roleIds: [t.roleId], userIds: [t.memberId] }),
      listUserIds: async (tx, t) => {
        await channelAcl.listUserIds(tx, t.orgId);
        await channelAcl.listUserIds(tx, t.orgId, t.roleId);
      },
      ofMember: (tx, t) => read(tx, channelAcl.ofMember({ orgId: t.orgId, userId: t.memberId })),
      ofMemberOnWay: (tx, t) =>
        read(tx, channelAcl.ofMemberOnWay({ orgId: t.orgId, userId: t.memberId, id: t.childId })),
      listOfMember: (tx, t) => channelAcl.listOfMember(tx, t.orgId, t.memberId),
      replace: (tx, t) => channelAcl.replace(tx, t.orgId, t.channelId, [{ ...entry, roleId: t.roleId }]),
      set: async (tx, t) => {
        await channelAcl.set(tx, t.orgId, t.channelId, { ...entry, roleId: t.roleId });
        await channelAcl.set(tx, t.orgId, t.channelId, { ...entry, roleId: null, userId: t.memberId });
      },
    },
    system: { listOfUser: (tx, t) => channelAcl.listOfUser(tx, t.memberId) },
  },
  "email-tokens": {
    module: emailTokens,
    system: {
      create: (tx, t) =>
        emailTokens.create(tx, {
          tokenHash: hash,
          userId: t.memberId,
          purpose: "verify",
          email: "a@b.c",
          expiresAt: later,
        }),
      find: (tx) => emailTokens.find(tx, { tokenHash: hash, purpose: "verify", now }),
      consume: (tx) => emailTokens.consume(tx, { tokenHash: hash, purpose: "verify", now }),
      findPending: (tx, t) => emailTokens.findPending(tx, t.memberId, now),
      removeOfUser: (tx, t) => emailTokens.removeOfUser(tx, t.memberId, "reset"),
      prune: (tx) => emailTokens.prune(tx, longAgo),
    },
  },
  "idempotency-keys": {
    module: idempotencyKeys,
    system: {
      claim: (tx, t) =>
        idempotencyKeys.claim(tx, { userId: t.memberId, key: "k", requestHash: hash, now, expiresAt: later }),
      answer: (tx, t) =>
        idempotencyKeys.answer(
          tx,
          { userId: t.memberId, key: "k", claimedAt: now },
          { status: 201, response: {} },
        ),
      release: (tx, t) => idempotencyKeys.release(tx, { userId: t.memberId, key: "k", claimedAt: now }),
      prune: (tx) => idempotencyKeys.prune(tx, longAgo),
    },
  },
  invites: {
    module: invites,
    org: {
      create: (tx, t) =>
        invites.create(tx, t.orgId, {
          codeHash: hash,
          createdBy: t.ownerId,
          roleId: null,
          now,
          expiresAt: later,
          usesMax: 1,
        }),
      list: (tx, t) => invites.list(tx, t.orgId, now),
      remove: (tx, t) => invites.remove(tx, t.orgId, newInviteId()),
      removeOfMaker: (tx, t) => invites.removeOfMaker(tx, t.orgId, t.memberId),
    },
    system: {
      findByCode: (tx) => invites.findByCode(tx, hash, now),
      use: (tx) => invites.use(tx, hash, now),
      prune: (tx) => invites.prune(tx, longAgo),
    },
  },
  members: {
    module: members,
    org: {
      list: async (tx, t) => {
        await members.list(tx, t.orgId, page);
        await members.list(tx, t.orgId, { ...page, after: t.ownerId, roleId: t.roleId });
      },
      search: async (tx, t) => {
        const search = { ...page, name: "us" };
        await members.search(tx, t.orgId, search);
        const after = { key: "user1", userId: t.ownerId };
        await members.search(tx, t.orgId, { ...search, after, roleId: t.roleId });
      },
      listRights: (tx, t) => members.listRights(tx, t.orgId, [t.ownerId, t.memberId]),
      listRoleSets: async (tx, t) => {
        await members.listRoleSets(tx, t.orgId, { except: [t.ownerId] });
        await members.listRoleSets(tx, t.orgId, { except: [], heldRoleId: t.roleId });
      },
    },
  },
  memberships: {
    module: memberships,
    org: {
      active: (tx, t) => read(tx, memberships.active({ orgId: t.orgId, userId: t.memberId })),
      findActive: (tx, t) => memberships.findActive(tx, t.orgId, t.memberId),
      toMember: (tx, t) => memberships.findActive(tx, t.orgId, t.memberId),
      find: (tx, t) => memberships.find(tx, t.orgId, t.memberId),
      change: (tx, t) => memberships.change(tx, t.orgId, t.memberId, { nickname: "m" }),
      bumpVersion: (tx, t) => memberships.bumpVersion(tx, t.orgId, t.memberId),
      leave: (tx, t) => memberships.leave(tx, t.orgId, t.memberId),
      join: (tx, t) => memberships.join(tx, t.orgId, t.memberId, now),
    },
    system: {
      listOfUser: (tx, t) => memberships.listOfUser(tx, t.memberId),
      listActiveOrgIds: (tx, t) => memberships.listActiveOrgIds(tx, t.memberId),
    },
  },
  organizations: {
    module: organizations,
    org: {
      find: (tx, t) => organizations.find(tx, t.orgId),
      lock: (tx, t) => organizations.lock(tx, t.orgId),
      update: (tx, t) => organizations.update(tx, t.orgId, { name: "New name" }),
      transfer: (tx, t) => organizations.transfer(tx, t.orgId, t.ownerId),
      remove: (tx, t) => organizations.remove(tx, t.orgId),
    },
    system: {
      create: (tx, t) =>
        organizations.create(tx, { tag: "CATALOGUE", name: "x", ownerId: t.ownerId, everyone: 7n, now }),
      listOfUser: (tx, t) => organizations.listOfUser(tx, t.memberId),
      mayOwnMore: (tx, t) => organizations.mayOwnMore(tx, t.ownerId),
      listOwnedBy: (tx, t) => organizations.listOwnedBy(tx, t.ownerId),
      findByTag: (tx, t) => organizations.findByTag(tx, t.tag),
    },
  },
  "log-ins": {
    module: logIns,
    system: {
      find: async (tx) => {
        await logIns.find((reading) => read(tx, reading), "nobody");
        await logIns.find((reading) => read(tx, reading), "a@b.c");
      },
      open: async (tx, t) => {
        const user = await users.find(tx, t.memberId);
        if (!user) throw new Error("the member is gone");
        await logIns.open(statementsOn(tx), {
          session: { id: newSessionId(), tokenHash: new Uint8Array(32).fill(9), expiresAt: later },
          account: { user, totp: null },
          now,
          userAgent: "test",
          ip: "::1",
          keep: 5,
          audit: { action: "session.log_in", requestId: "r", personal: {} },
        });
      },
    },
  },
  passkeys: {
    module: passkeys,
    system: {
      addChallenge: (tx) =>
        passkeys.addChallenge(tx, { challengeHash: hash, purpose: "login", userId: null, expiresAt: later }),
      consumeChallenge: (tx) => passkeys.consumeChallenge(tx, { challengeHash: hash, purpose: "login", now }),
      pruneChallenges: (tx) => passkeys.pruneChallenges(tx, longAgo),
      add: (tx, t) =>
        passkeys.add(tx, {
          id: passkeyId,
          userId: t.memberId,
          name: "Key",
          publicKey: hash,
          counter: 0,
          createdAt: now,
        }),
      list: (tx, t) => passkeys.list(tx, t.memberId),
      lock: (tx) => passkeys.lock(tx, passkeyId),
      use: (tx) => passkeys.use(tx, passkeyId, 1, now),
      remove: (tx, t) => passkeys.remove(tx, t.memberId, passkeyId),
      removeAll: (tx, t) => passkeys.removeAll(tx, t.memberId),
    },
  },
  "rate-limits": { module: rateLimits, system: { prune: (tx) => rateLimits.prune(tx, longAgo) } },
  "recovery-codes": {
    module: recoveryCodes,
    system: {
      replace: (tx, t) => recoveryCodes.replace(tx, t.memberId, [hash]),
      countLeft: (tx, t) => recoveryCodes.countLeft(tx, t.memberId),
      consume: (tx, t) => recoveryCodes.consume(tx, t.memberId, hash, now),
    },
  },
  "totp-secrets": {
    module: totpSecrets,
    system: {
      propose: (tx, t) => totpSecrets.propose(tx, { userId: t.memberId, sealedSecret: hash, now }),
      find: (tx, t) => totpSecrets.find(tx, t.memberId),
      confirm: (tx, t) => totpSecrets.confirm(tx, t.memberId, 1, now),
      takeStep: (tx, t) => totpSecrets.takeStep(tx, t.memberId, 2),
      remove: (tx, t) => totpSecrets.remove(tx, t.memberId),
    },
  },
  roles: {
    module: roles,
    org: {
      list: (tx, t) => roles.list(tx, t.orgId),
      find: (tx, t) => roles.find(tx, t.orgId, t.roleId),
      create: (tx, t) => roles.create(tx, t.orgId, { name: "Another", permissions: 0n }),
      update: (tx, t) => roles.update(tx, t.orgId, t.roleId, { permissions: 1n }),
      reorder: async (tx, t) => {
        const all = await roles.list(tx, t.orgId);
        await roles.reorder(
          tx,
          t.orgId,
          all
            .filter((role) => !role.isEveryone)
            .map((role) => role.id)
            .reverse(),
        );
      },
      listHeld: (tx, t) => roles.listHeld(tx, t.orgId, t.memberId),
      setHeld: (tx, t) => roles.setHeld(tx, t.orgId, t.memberId, [t.roleId]),
      countHolders: (tx, t) => roles.countHolders(tx, t.orgId, t.roleId),
      remove: (tx, t) => roles.remove(tx, t.orgId, t.roleId),
    },
  },
  sessions: {
    module: sessions,
    system: {
      create: (tx, t) => sessions.create(tx, { userId: t.memberId, now, expiresAt: later, tokenHash: hash }),
      active: (tx) => read(tx, sessions.active({ id: newSessionId(), now })),
      lock: (tx) => sessions.lock(tx, newSessionId()),
      rotate: async (tx, t) => {
        const [session] = await sessions.listActive(tx, t.memberId, now);
        if (session) await sessions.rotate(tx, { session, tokenHash: new Uint8Array(32), now });
      },
      listActive: (tx, t) => sessions.listActive(tx, t.memberId, now),
      listAll: (tx, t) => sessions.listAll(tx, t.memberId),
      reauthenticate: (tx) => sessions.reauthenticate(tx, newSessionId(), now),
      revokeOldest: (tx, t) => sessions.revokeOldest(tx, t.memberId, { now, keep: 5 }),
      revoke: (tx) => sessions.revoke(tx, newSessionId(), now),
      revokeAll: (tx, t) =>
        sessions.revokeAll(tx, t.memberId, { now, reason: "test", except: newSessionId() }),
      prune: (tx) => sessions.prune(tx, longAgo),
    },
  },
  users: {
    module: users,
    system: {
      findByUsername: (tx) => users.findByUsername(tx, "nobody"),
      findByEmail: (tx) => users.findByEmail(tx, "a@b.c"),
      find: (tx, t) => users.find(tx, t.memberId),
      create: (tx) => users.create(tx, { username: "catalogue", passwordHash: "x", now }),
      update: (tx, t) => users.update(tx, t.memberId, { email: "c@d.e" }),
      rehash: (tx, t) => users.rehash(tx, t.memberId, { from: "x", to: "y" }),
      lock: (tx, t) => users.lock(tx, t.memberId),
      remove: (tx, t) => users.remove(tx, t.memberId),
    },
  },
  "voice-rooms": {
    module: voiceRooms,
    org: {
      lease: (tx, t) => read(tx, voiceRooms.lease({ orgId: t.orgId, channelId: t.channelId })),
      find: (tx, t) => voiceRooms.find(tx, t.orgId, t.channelId),
      place: async (tx, t) => {
        const at = { orgId: t.orgId, channelId: t.channelId, now };
        await voiceRooms.place(tx, { ...at, node, seen: undefined });
        await voiceRooms.place(tx, {
          ...at,
          node: { ...node, bootEpoch: 2 },
          seen: await voiceRooms.find(tx, t.orgId, t.channelId),
        });
      },
      release: (tx, t) => voiceRooms.release(tx, t.orgId, t.channelId, 1),
    },
    system: {
      listOfNode: (tx) => voiceRooms.listOfNode(tx, node),
      renew: (tx) => voiceRooms.renew(tx, node, now),
    },
  },
};
