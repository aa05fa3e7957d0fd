/** Tenants. What has no tenant yet, or looks for one, runs in `withSystem`. */
import type { Organization } from "@parley/contract/accounts";
import { AppError } from "@parley/contract/errors";
import type { OrganizationId, UserId } from "@parley/contract/ids";
import { ORGANIZATIONS_PER_OWNER_MAX } from "@parley/contract/limits";
import { and, asc, count, eq } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { newOrganizationId } from "../ids.ts";
import { lockOrganization } from "../lock-organization.ts";
import { memberships, organizations } from "../schema/organizations.ts";
import { users } from "../schema/users.ts";
import * as Roles from "./roles.ts";

export type OrganizationRow = typeof organizations.$inferSelect;

const summary = { id: organizations.id, tag: organizations.tag, name: organizations.name };

/** Rows are in `withSystem`: the organisation, its owner's membership and the role `everyone`. */
export async function create(
  tx: Transaction,
  input: { tag: string; name: string; ownerId: UserId; everyone: bigint; now: Date },
): Promise<Organization> {
  if (!(await mayOwnMore(tx, input.ownerId))) throw new AppError("quota_exceeded");
  const id = newOrganizationId();
  const { ownerId, name, now } = input;
  const tag = input.tag.toUpperCase();
  await tx.insert(organizations).values({ id, tag, name, ownerId, createdAt: now });
  await tx.insert(memberships).values({ orgId: id, userId: ownerId, joinedAt: now });
  await Roles.createEveryone(tx, id, input.everyone);
  return { id, tag, name };
}

/** Whether a person owns fewer than anybody may; so it stays to the end of the transaction. Use `withSystem`. */
export async function mayOwnMore(tx: Transaction, userId: UserId): Promise<boolean> {
  // The lock lets one of several parallel requests count at a time.
  await tx.select({ id: users.id }).from(users).where(eq(users.id, userId)).for("update");
  const [owned] = await tx
    .select({ organizations: count() })
    .from(organizations)
    .where(eq(organizations.ownerId, userId));
  return (owned?.organizations ?? 0) < ORGANIZATIONS_PER_OWNER_MAX;
}

/** The organisations that a person is an active member of, by name. Crosses tenants: use `withSystem`. */
export function listOfUser(tx: Transaction, userId: UserId): Promise<Organization[]> {
  return tx
    .select(summary)
    .from(memberships)
    .innerJoin(organizations, eq(organizations.id, memberships.orgId))
    .where(and(eq(memberships.userId, userId), eq(memberships.status, "active")))
    .orderBy(asc(organizations.name), asc(organizations.id));
}

/** Crosses tenants: use `withSystem`. */
export const listOwnedBy = (tx: Transaction, userId: UserId): Promise<Organization[]> =>
  tx
    .select(summary)
    .from(organizations)
    .where(eq(organizations.ownerId, userId))
    .orderBy(asc(organizations.id));

/** In any case of letters. Crosses tenants: use `withSystem`. */
export async function findByTag(tx: Transaction, tag: string): Promise<Organization | undefined> {
  // Postgres refuses NUL in text, so no tag has one.
  if (tag.includes("\0")) return undefined;
  const [organization] = await tx
    .select(summary)
    .from(organizations)
    .where(eq(organizations.tag, tag.toUpperCase()));
  return organization;
}

export async function find(tx: Transaction, id: OrganizationId): Promise<OrganizationRow | undefined> {
  const [organization] = await tx.select().from(organizations).where(eq(organizations.id, id));
  return organization;
}

export { lockOrganization as lock };

export type OrganizationChange = Partial<
  Pick<OrganizationRow, "name" | "tag" | "settings" | "membersMax" | "channelsMax" | "voicesMax">
>;

export async function update(
  tx: Transaction,
  id: OrganizationId,
  change: OrganizationChange,
): Promise<OrganizationRow | undefined> {
  const tag = change.tag === undefined ? {} : { tag: change.tag.toUpperCase() };
  const [organization] = await tx
    .update(organizations)
    .set({ ...change, ...tag })
    .where(eq(organizations.id, id))
    .returning();
  return organization;
}

/** Throws `not_found`, at the latest at commit, when the new owner isn't an active member. */
export async function transfer(tx: Transaction, id: OrganizationId, ownerId: UserId): Promise<void> {
  await tx.update(organizations).set({ ownerId }).where(eq(organizations.id, id));
}

/** With it go its members, roles, channels, entries, bans, invites and leases; the audit log stays. */
export async function remove(tx: Transaction, id: OrganizationId): Promise<boolean> {
  const gone = await tx
    .delete(organizations)
    .where(eq(organizations.id, id))
    .returning({ id: organizations.id });
  return gone.length > 0;
}
