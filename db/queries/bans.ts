/** Bans: the membership's status says that somebody is out, the ban's row says why and until when. */
import type { OrganizationId, UserId } from "@parley/contract/ids";
import { and, asc, eq, gt, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { newBanId } from "../ids.ts";
import { bans } from "../schema/moderation.ts";
import { memberships } from "../schema/organizations.ts";
import { userRoles } from "../schema/roles.ts";
import { users } from "../schema/users.ts";

export type Ban = typeof bans.$inferSelect;

export interface BanInput {
  userId: UserId;
  bannedBy: UserId;
  reason: string;
  now: Date;
  /** Null means for good. */
  expiresAt: Date | null;
}

/**
 * Bans a member, or somebody who never was one; banning again replaces reason and end. Roles go. Gives the new
 * permission version. Throws `owner_must_transfer` for the owner.
 */
export async function create(tx: Transaction, orgId: OrganizationId, input: BanInput): Promise<number> {
  const { userId, now, bannedBy, reason, expiresAt } = input;
  const [membership] = await tx
    .insert(memberships)
    .values({ orgId, userId, status: "banned", joinedAt: now })
    .onConflictDoUpdate({
      target: [memberships.orgId, memberships.userId],
      set: { status: "banned", permissionVersion: sql`${memberships.permissionVersion} + 1` },
    })
    .returning({ permissionVersion: memberships.permissionVersion });
  await tx.delete(userRoles).where(and(eq(userRoles.orgId, orgId), eq(userRoles.userId, userId)));
  await tx
    .insert(bans)
    .values({ orgId, id: newBanId(), userId, bannedBy, reason, createdAt: now, expiresAt })
    .onConflictDoUpdate({
      target: [bans.orgId, bans.userId],
      set: { bannedBy, reason, createdAt: now, expiresAt },
    });
  return membership?.permissionVersion ?? 1;
}

export async function find(tx: Transaction, orgId: OrganizationId, userId: UserId): Promise<Ban | undefined> {
  const [ban] = await tx
    .select()
    .from(bans)
    .where(and(eq(bans.orgId, orgId), eq(bans.userId, userId)));
  return ban;
}

/** The unbanned are not members again: they may come back by an invite. Says whether there was a ban. */
export const remove = (tx: Transaction, orgId: OrganizationId, userId: UserId): Promise<boolean> =>
  lift(tx, orgId, userId, undefined);

/** Whether a ban holds; one whose time is over is lifted, unless it was prolonged in this very moment. */
export async function isBanned(
  tx: Transaction,
  orgId: OrganizationId,
  userId: UserId,
  now: Date,
): Promise<boolean> {
  await lift(tx, orgId, userId, lte(bans.expiresAt, now));
  return (await find(tx, orgId, userId)) !== undefined;
}

async function lift(
  tx: Transaction,
  orgId: OrganizationId,
  userId: UserId,
  condition: SQL | undefined,
): Promise<boolean> {
  const lifted = await tx
    .delete(bans)
    .where(and(eq(bans.orgId, orgId), eq(bans.userId, userId), condition))
    .returning({ id: bans.id });
  if (lifted.length === 0) return false;
  await tx
    .update(memberships)
    .set({ status: "left" })
    .where(
      and(eq(memberships.orgId, orgId), eq(memberships.userId, userId), eq(memberships.status, "banned")),
    );
  return true;
}

export interface ListedBan extends Ban {
  username: string;
}

/** Those that hold now, by user id; `after` is the last one seen. */
export async function list(
  tx: Transaction,
  orgId: OrganizationId,
  page: { after?: UserId; limit: number; now: Date },
): Promise<ListedBan[]> {
  const rows = await tx
    .select({ ban: bans, username: users.username })
    .from(bans)
    .innerJoin(users, eq(users.id, bans.userId))
    .where(
      and(
        eq(bans.orgId, orgId),
        or(isNull(bans.expiresAt), gt(bans.expiresAt, page.now)),
        page.after === undefined ? undefined : gt(bans.userId, page.after),
      ),
    )
    .orderBy(asc(bans.userId))
    .limit(page.limit);
  return rows.map(({ ban, username }) => ({ ...ban, username }));
}
