/** Everything that is kept of a person, for themselves (GDPR articles 15 and 20). */
import type { AccountExport } from "@parley/contract/accounts";
import type { UserId } from "@parley/contract/ids";
import type { Transaction } from "@parley/db/client";
import * as AuditLog from "@parley/db/queries/audit-log";
import * as Bans from "@parley/db/queries/bans";
import * as ChannelAcl from "@parley/db/queries/channel-acl";
import * as Invites from "@parley/db/queries/invites";
import * as Memberships from "@parley/db/queries/memberships";
import * as Organizations from "@parley/db/queries/organizations";
import * as PasskeyRows from "@parley/db/queries/passkeys";
import * as Roles from "@parley/db/queries/roles";
import * as SessionRows from "@parley/db/queries/sessions";
import * as TotpSecrets from "@parley/db/queries/totp-secrets";
import { withSystem } from "@parley/db/scope";
import { type AccountServices, audit, type Caller } from "./account-services.ts";
import * as Accounts from "./accounts.ts";

/** Newest first; older ones are there to be asked for. */
const AUDIT_EVENTS_MAX = 1_000;

/** Throws `rate_limited`. Hashes and keys are left out: they say nothing about the person. */
export async function exportAccount(
  services: AccountServices,
  userId: UserId,
  caller: Caller,
): Promise<AccountExport> {
  await services.limits.take("export", userId);
  const now = services.now();
  const account = await Accounts.read(services, userId);
  return withSystem(services.db, async (tx) => {
    const sessions = await SessionRows.listAll(tx, userId);
    const authenticatorApp = await TotpSecrets.find(tx, userId);
    const passkeys = await PasskeyRows.list(tx, userId);
    const data = {
      exportedAt: now.toISOString(),
      account,
      sessions: sessions.map(({ tokenHash: _token, previousTokenHash: _previous, ...session }) => session),
      passkeys: passkeys.map(({ publicKey: _key, ...passkey }) => passkey),
      authenticatorApp: authenticatorApp && {
        createdAt: authenticatorApp.createdAt,
        confirmedAt: authenticatorApp.confirmedAt,
      },
      organizations: await Organizations.listOfUser(tx, userId),
      organizationsOwned: await Organizations.listOwnedBy(tx, userId),
      memberships: await membershipsOf(tx, userId, now),
      channelAccess: await ChannelAcl.listOfUser(tx, userId),
      auditEvents: (await AuditLog.listConcerning(tx, userId, AUDIT_EVENTS_MAX)).map((event) => ({
        at: event.at,
        organizationId: event.orgId,
        actorId: event.actorId,
        action: event.action,
        targetType: event.targetType,
        targetId: event.targetId,
        before: event.before,
        after: event.after,
        // What names somebody else is theirs.
        personal: event.actorId === userId ? event.personal : null,
      })),
    };
    await audit(tx, userId, caller, { action: "account.export", at: now });
    // Times become text and bits decimal strings, as everywhere in the API.
    return JSON.parse(
      JSON.stringify(data, (_key, value) => (typeof value === "bigint" ? `${value}` : value)),
    );
  });
}

/** With the roles held, a ban and why, and the invites made that still open the door. */
async function membershipsOf(tx: Transaction, userId: UserId, now: Date): Promise<object[]> {
  const found = [];
  for (const membership of await Memberships.listOfUser(tx, userId)) {
    const { orgId } = membership;
    const ban = await Bans.find(tx, orgId, userId);
    const invites = await Invites.list(tx, orgId, now);
    found.push({
      ...membership,
      roleIds: await Roles.listHeld(tx, orgId, userId),
      // Who it was that banned is that person's.
      ban: ban ? { reason: ban.reason, createdAt: ban.createdAt, expiresAt: ban.expiresAt } : null,
      invites: invites
        .filter(({ createdBy }) => createdBy === userId)
        .map(({ codeHash: _hash, createdBy: _creator, ...invite }) => invite),
    });
  }
  return found;
}
