/**
 * Every change in an organisation goes through here: the organisation's row is locked, the actor's rights are
 * read under that lock, what forbids the change is found, then change, audit row and outbox are written, all in
 * one transaction. A refused attempt leaves its own audit row.
 */
import type { AuditAction } from "@parley/contract/audit-log";
import { AppError } from "@parley/contract/errors";
import type { ChannelId, SessionId, UserId } from "@parley/contract/ids";
import * as Permissions from "@parley/contract/permissions";
import type { Database, Transaction } from "@parley/db/client";
import * as AuditLog from "@parley/db/queries/audit-log";
import * as AuthzChanges from "@parley/db/queries/authz-changes";
import * as Channels from "@parley/db/queries/channels";
import * as Members from "@parley/db/queries/members";
import * as Organizations from "@parley/db/queries/organizations";
import * as Roles from "@parley/db/queries/roles";
import { withOrg, withSystem } from "@parley/db/scope";
import type { Actor } from "./actor.ts";
import { announceEnded } from "./session-outbox.ts";
import * as Snapshot from "./snapshot.ts";

export interface ChangeServices {
  db: Database;
  /** Told after the commit of whatever narrows rights. */
  rightsChanged: () => void;
}

export interface Target {
  type: "organization" | "user" | "role" | "invite" | "channel";
  id: string;
}

/** What the change is about, known before it is judged. */
export interface Intent {
  action: AuditAction;
  target?: Target;
  reason?: string;
}

/** The organisation under its lock, and the one who acts. */
export interface ChangeState {
  tx: Transaction;
  actor: Actor;
  organization: Organizations.OrganizationRow;
  member: Permissions.Member;
  roles: Roles.Role[];
  /** Of those who were asked for by `person`. */
  usernames: ReadonlyMap<string, string>;
  /** Refuses what the guards forbid; gives what of the organisation they looked at, with the named people in it. */
  judge(change: Permissions.Change, named?: readonly UserId[]): Promise<Permissions.Snapshot>;
  /** Anybody who is or was a member, or is banned; the audit row names them where they are its target. Throws `not_found`. */
  person(userId: UserId): Promise<Person>;
  /** Ends the change here and audits the attempt; no refusal, no effect. */
  refuse(refusal: Permissions.Refusal | undefined): void;
}

export interface Person extends Members.MemberRights {
  member: Permissions.Member;
}

export interface Done<T> {
  value: T;
  /** Undefined: nothing changed, so nothing is written down. */
  audit?:
    | {
        action?: AuditAction;
        target?: Target;
        before?: Record<string, unknown>;
        after?: Record<string, unknown>;
      }
    | undefined;
  authz?: readonly Omit<AuthzChanges.AuthzChangeInput, "at">[] | undefined;
  /** Of the actor, ended by the change: their calls end too, also in other organisations. */
  endedSessions?: readonly SessionId[];
}

type Work<T> = (state: ChangeState) => Promise<Done<T>>;

/** Throws `not_found` for everybody outside, `forbidden` with the reason in words. */
export async function changeOrganization<T>(
  services: ChangeServices,
  actor: Actor,
  intent: Intent,
  work: Work<T>,
): Promise<T> {
  const outcome = await withOrg(services.db, actor.orgId, (tx) => attempt(tx, actor, intent, work));
  return settle(services, outcome);
}

/** The same for a change that also looks at what belongs to no tenant or to others: accounts, what they own. */
export async function changeBeyondOrganization<T>(
  services: ChangeServices,
  actor: Actor,
  intent: Intent,
  work: Work<T>,
): Promise<T> {
  return settle(services, await withSystem(services.db, (tx) => attempt(tx, actor, intent, work)));
}

function settle<T>(services: ChangeServices, outcome: Done<T> | Refused): T {
  if (outcome instanceof Refused) {
    throw new AppError("forbidden", { detail: Permissions.refusalWords(outcome.refusal) });
  }
  if (outcome.authz?.length) services.rightsChanged();
  return outcome.value;
}

/** Thrown before anything is written, so that the transaction goes on with the audit row of the attempt. */
class Refused extends Error {
  readonly refusal: Permissions.Refusal;

  constructor(refusal: Permissions.Refusal) {
    super(refusal.kind);
    this.refusal = refusal;
  }
}

async function attempt<T>(
  tx: Transaction,
  actor: Actor,
  intent: Intent,
  work: (state: ChangeState) => Promise<Done<T>>,
): Promise<Done<T> | Refused> {
  const state = await readState(tx, actor);
  try {
    const done = await work(state);
    if (done.audit) await append(state, { ...intent, ...done.audit });
    const authz = done.authz ?? [];
    await AuthzChanges.append(
      tx,
      actor.orgId,
      authz.map((change) => ({ ...change, at: actor.now })),
    );
    await announceEnded(tx, actor.userId, done.endedSessions ?? [], actor.now);
    return done;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await append(state, {
      ...intent,
      ...(await readName(state, intent.target)),
      action: `${intent.action}${AuditLog.DENIED}`,
      after: { refused: error.refusal.kind },
    });
    return error;
  }
}

async function readState(tx: Transaction, actor: Actor): Promise<ChangeState> {
  const { orgId, now } = actor;
  const organization = await Organizations.lock(tx, orgId);
  if (!organization) throw new AppError("not_found");
  const place = { orgId, ownerId: organization.ownerId, now };
  const [self] = await Members.listRights(tx, orgId, [actor.userId]);
  if (self?.status !== "active") throw new AppError("not_found");
  const member = Snapshot.toMember(self, organization.ownerId, now);
  const roles = await Roles.list(tx, orgId);
  const usernames = new Map<string, string>();
  const refuse = (refusal: Permissions.Refusal | undefined) => {
    if (refusal) throw new Refused(refusal);
  };
  return {
    tx,
    actor,
    organization,
    member,
    roles,
    usernames,
    async judge(change, named = []) {
      const known = { roles: roles.map(Snapshot.toRole), actor: member };
      const snapshot = await Snapshot.readFor(tx, place, known, change, named);
      refuse(Permissions.findRefusal(snapshot, member, change));
      return snapshot;
    },
    async person(userId) {
      const [person] = await Members.listRights(tx, orgId, [userId]);
      if (!person) throw new AppError("not_found");
      usernames.set(userId, person.username);
      return { ...person, member: Snapshot.toMember(person, organization.ownerId, now) };
    },
    refuse,
  };
}

/** The channel or role that a refused attempt was about, as it is called now: it may be gone when somebody reads of it. */
async function readName(
  { tx, actor, roles }: ChangeState,
  target: Target | undefined,
): Promise<Pick<Written, "before">> {
  if (!target) return {};
  const name =
    target.type === "channel"
      ? (await Channels.find(tx, actor.orgId, target.id as ChannelId))?.name
      : roles.find(({ id }) => id === target.id)?.name;
  return name === undefined ? {} : { before: { name } };
}

interface Written {
  action: string;
  target?: Target;
  reason?: string;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
}

async function append({ tx, actor, usernames }: ChangeState, written: Written): Promise<void> {
  const { action, target, before, after, reason } = written;
  // The target's and nobody else's: it is forgotten with the account that the row is about.
  const targetName = target && usernames.get(target.id);
  const { ip, userAgent, username, requestId, userId, now } = actor;
  await AuditLog.append(tx, actor.orgId, {
    at: now,
    actorId: userId,
    action,
    requestId,
    ...(target ? { target } : {}),
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
    personal: {
      actorName: username,
      ...(ip ? { ip } : {}),
      ...(userAgent ? { userAgent } : {}),
      ...(reason ? { reason } : {}),
      ...(targetName ? { targetName } : {}),
    },
  });
}

/** What must be held in the organisation, outside of any channel. */
export function findMissing(state: ChangeState, bits: bigint): Permissions.Refusal | undefined {
  const held = Permissions.organizationPermissions(state.roles, state.member);
  return Permissions.has(held, bits) ? undefined : { kind: "permission_missing", bits, channelId: null };
}
