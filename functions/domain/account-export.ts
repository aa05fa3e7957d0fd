/** Everything that is kept of a person, for themselves (GDPR articles 15 and 20). */
import type { AccountExport } from "@parley/contract/accounts";
import type { AuditEventId, UserId } from "@parley/contract/ids";
import type { Database, Transaction } from "@parley/db/client";
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

/** As many as are read at once. */
const AUDIT_EVENTS_READ = 1_000;

/** Throws `rate_limited`. Hashes and keys are left out: they say nothing about the person. */
export async function exportAccount(
  services: AccountServices,
  userId: UserId,
  caller: Caller,
): Promise<AccountExport> {
  await services.limits.take("export", userId);
  const now = services.now();
  const account = await Accounts.read(services, userId);
  const auditEvents = await auditEventsOf(services.db, userId);
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
    };
    await audit(tx, userId, caller, { action: "account.export", at: now });
    // Times become text and bits decimal strings, as everywhere in the API.
    const text = JSON.stringify(data, (_key, value) => (typeof value === "bigint" ? `${value}` : value));
    return { ...JSON.parse(text), auditEvents };
  });
}

/** The newest first. In parts: a long history read at once would hold a connection, and all of its rows. */
async function auditEventsOf(db: Database, userId: UserId): Promise<object[]> {
  const events: object[] = [];
  let before: AuditEventId | undefined;
  while (true) {
    const rows = await withSystem(db, (tx) => AuditLog.listConcerning(tx, userId, AUDIT_EVENTS_READ, before));
    for (const row of rows) events.push(toAuditEvent(row, userId));
    if (rows.length < AUDIT_EVENTS_READ) return events;
    before = rows.at(-1)?.id;
  }
}

const toAuditEvent = (row: AuditLog.AuditRow, userId: UserId) => ({
  at: row.at.toISOString(),
  organizationId: row.orgId,
  actorId: row.actorId,
  action: row.action,
  targetType: row.targetType,
  targetId: row.targetId,
  before: row.before,
  after: row.after,
  personal: personalOf(row, userId),
});

/** What names somebody else is theirs. The reason is of the one who wrote it and of the one it was written about. */
function personalOf({ actorId, targetId, personal }: AuditLog.AuditRow, userId: UserId): object | null {
  if (!personal) return null;
  const { targetName, reason, ...actors } = personal;
  return {
    ...(actorId === userId ? actors : {}),
    ...(targetName && (targetId === userId || actorId !== userId) ? { targetName } : {}),
    ...(reason ? { reason } : {}),
  };
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
