import type { Organization } from "@parley/contract/accounts";
import type { UserId } from "@parley/contract/ids";
import { and, asc, eq } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { memberships, organizations } from "../schema/organizations.ts";

/** The organisations that a person is an active member of, by name. Crosses tenants: use `withSystem`. */
export function listOfUser(tx: Transaction, userId: UserId): Promise<Organization[]> {
  return tx
    .select({ id: organizations.id, tag: organizations.tag, name: organizations.name })
    .from(memberships)
    .innerJoin(organizations, eq(organizations.id, memberships.orgId))
    .where(and(eq(memberships.userId, userId), eq(memberships.status, "active")))
    .orderBy(asc(organizations.name), asc(organizations.id));
}

export async function findByTag(tx: Transaction, tag: string): Promise<Organization | undefined> {
  const [organization] = await tx
    .select({ id: organizations.id, tag: organizations.tag, name: organizations.name })
    .from(organizations)
    .where(eq(organizations.tag, tag.toUpperCase()));
  return organization;
}
