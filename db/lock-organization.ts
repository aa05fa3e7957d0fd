import type { OrganizationId } from "@parley/contract/ids";
import { eq } from "drizzle-orm";
import type { Transaction } from "./client.ts";
import { organizations } from "./schema/organizations.ts";

/**
 * Locks the organisation's row to the end of the transaction: changes of roles, channels and rights of one
 * organisation happen one after the other, and see each other. Those who only read go on.
 */
export async function lockOrganization(
  tx: Transaction,
  id: OrganizationId,
): Promise<typeof organizations.$inferSelect | undefined> {
  const [organization] = await tx
    .select()
    .from(organizations)
    .where(eq(organizations.id, id))
    .for("no key update");
  return organization;
}
