/** Invitations. Looking one up by its code crosses tenants: those functions say so. */
import { AppError } from "@parley/contract/errors";
import type { InviteId, OrganizationId, RoleId, UserId } from "@parley/contract/ids";
import { INVITES_PER_ORGANIZATION_MAX } from "@parley/contract/limits";
import { and, count, desc, eq, gt, lt, or, sql } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { newInviteId } from "../ids.ts";
import { lockOrganization } from "../lock-organization.ts";
import { pruneSome } from "../prune-some.ts";
import { invites } from "../schema/moderation.ts";
import { organizations } from "../schema/organizations.ts";

export type Invite = typeof invites.$inferSelect;

export interface InviteInput {
  codeHash: Uint8Array;
  createdBy: UserId;
  roleId: RoleId | null;
  now: Date;
  expiresAt: Date;
  /** 0 means as often as wanted. */
  usesMax: number;
}

/** Throws `quota_exceeded`, or `not_found` for an unknown role. */
export async function create(tx: Transaction, orgId: OrganizationId, input: InviteInput): Promise<Invite> {
  await lockOrganization(tx, orgId);
  const [open] = await tx
    .select({ invites: count() })
    .from(invites)
    .where(and(eq(invites.orgId, orgId), gt(invites.expiresAt, input.now)));
  if ((open?.invites ?? 0) >= INVITES_PER_ORGANIZATION_MAX) throw new AppError("quota_exceeded");
  const { now, ...values } = input;
  const [invite] = await tx
    .insert(invites)
    .values({ ...values, orgId, id: newInviteId(), createdAt: now })
    .returning();
  if (!invite) throw new Error("insert returned no row");
  return invite;
}

/** Those that still open the door, the newest first. */
export const list = (tx: Transaction, orgId: OrganizationId, now: Date): Promise<Invite[]> =>
  tx
    .select()
    .from(invites)
    .where(and(eq(invites.orgId, orgId), gt(invites.expiresAt, now), isUsable()))
    .orderBy(desc(invites.id))
    .limit(INVITES_PER_ORGANIZATION_MAX);

/** Says whether there was one. */
export async function remove(
  tx: Transaction,
  orgId: OrganizationId,
  id: InviteId,
): Promise<Invite | undefined> {
  const [invite] = await tx
    .delete(invites)
    .where(and(eq(invites.orgId, orgId), eq(invites.id, id)))
    .returning();
  return invite;
}

/** Those that one person made; gives how many. The organisation must be locked. */
export async function removeOfMaker(tx: Transaction, orgId: OrganizationId, userId: UserId): Promise<number> {
  const gone = await tx
    .delete(invites)
    .where(and(eq(invites.orgId, orgId), eq(invites.createdBy, userId)))
    .returning({ id: invites.id });
  return gone.length;
}

export interface InvitePreview {
  invite: Invite;
  organization: { id: OrganizationId; tag: string; name: string; memberCount: number };
}

/** An invite that still opens the door. Crosses tenants: use `withSystem`. */
export async function findByCode(
  tx: Transaction,
  codeHash: Uint8Array,
  now: Date,
): Promise<InvitePreview | undefined> {
  const [found] = await tx
    .select({
      invite: invites,
      organization: {
        id: organizations.id,
        tag: organizations.tag,
        name: organizations.name,
        memberCount: organizations.memberCount,
      },
    })
    .from(invites)
    .innerJoin(organizations, eq(organizations.id, invites.orgId))
    .where(and(eq(invites.codeHash, codeHash), gt(invites.expiresAt, now), isUsable()));
  return found;
}

/** Counts one use; undefined when it has run out, was revoked or used up, also by a racer. Use `withSystem`. */
export async function use(tx: Transaction, codeHash: Uint8Array, now: Date): Promise<Invite | undefined> {
  const [at] = await tx.select({ orgId: invites.orgId }).from(invites).where(eq(invites.codeHash, codeHash));
  if (!at) return undefined;
  // First, as all others do: a role that is deleted takes its invites along under this lock.
  await lockOrganization(tx, at.orgId);
  const [invite] = await tx
    .update(invites)
    .set({ uses: sql`${invites.uses} + 1` })
    .where(and(eq(invites.codeHash, codeHash), gt(invites.expiresAt, now), isUsable()))
    .returning();
  return invite;
}

/** Crosses tenants: use `withSystem`. */
export const prune = (tx: Transaction, before: Date): Promise<number> =>
  pruneSome(tx, invites, invites.expiresAt, before);

const isUsable = () => or(eq(invites.usesMax, 0), lt(invites.uses, invites.usesMax));
