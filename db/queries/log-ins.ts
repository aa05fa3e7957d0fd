/** What a log-in asks of the database, in as few round trips as can be: everybody's, and the hashing waits for it. */
import type { SessionId } from "@parley/contract/ids";
import { SESSION_IDLE_SECONDS } from "@parley/contract/limits";
import { eq, sql } from "drizzle-orm";
import type { NamedStatement, TextRow } from "../connection.ts";
import { newAuditEventId } from "../ids.ts";
import { nameKey } from "../name-key.ts";
import { defineReading, type Reading, type RowOf } from "../reading.ts";
import type { AuditPersonal } from "../schema/audit.ts";
import { totpSecrets } from "../schema/second-factors.ts";
import { users } from "../schema/users.ts";
import type { TotpSecret } from "./totp-secrets.ts";
import type { User } from "./users.ts";

export interface Account {
  user: User;
  totp: TotpSecret | null;
}

const ACCOUNT = {
  id: users.id,
  username: users.username,
  usernameKey: users.usernameKey,
  email: users.email,
  emailKey: users.emailKey,
  passwordHash: users.passwordHash,
  status: users.status,
  createdAt: users.createdAt,
  passwordChangedAt: users.passwordChangedAt,
  sealedSecret: {
    sql: sql`${totpSecrets.sealedSecret}`,
    // Postgres writes bytes as \x and hex digits.
    read: (text: string): Buffer => Buffer.from(text.slice(2), "hex"),
  },
  totpCreatedAt: totpSecrets.createdAt,
  confirmedAt: totpSecrets.confirmedAt,
  lastStep: totpSecrets.lastStep,
};
type AccountRow = RowOf<typeof ACCOUNT>;

const readBy = (column: typeof users.usernameKey | typeof users.emailKey, name: string) =>
  defineReading<typeof ACCOUNT, { key: string }>(name, ACCOUNT, (select) =>
    select
      .from(users)
      .leftJoin(totpSecrets, eq(totpSecrets.userId, users.id))
      .where(eq(column, sql.placeholder("key"))),
  );
const byUsername = readBy(users.usernameKey, "log_in_by_username");
const byEmail = readBy(users.emailKey, "log_in_by_email");

/** By name or verified address; a name has no "@", so no text can be both. Any text is fine. `run` is `readAcross`. */
export async function find(
  run: (reading: Reading<AccountRow>) => Promise<[AccountRow[]]>,
  text: string,
): Promise<Account | undefined> {
  // Postgres refuses NUL in text, so no stored name has one.
  if (text.includes("\0")) return undefined;
  const [[row]] = await run((text.includes("@") ? byEmail : byUsername)({ key: nameKey(text) }));
  if (!row) return undefined;
  const { sealedSecret, totpCreatedAt: createdAt, confirmedAt, lastStep, ...user } = row;
  // Null where the account has no such secret, whatever the columns' own types say.
  const totp = (sealedSecret as Buffer | null) && {
    userId: user.id,
    sealedSecret,
    createdAt,
    confirmedAt,
    lastStep,
  };
  return { user, totp };
}

export interface LogIn {
  session: { id: SessionId; tokenHash: Uint8Array; expiresAt: Date };
  /** As it was when its password, and its code where it has such, were found right. */
  account: {
    user: Pick<User, "id" | "passwordChangedAt">;
    totp: Pick<TotpSecret, "confirmedAt"> | null;
  };
  now: Date;
  userAgent: string | undefined;
  ip: string | undefined;
  /** Of the sessions beyond these the oldest end. */
  keep: number;
  audit: { action: string; requestId: string; personal: AuditPersonal };
}

/** A statement of its own: what waited for a change of the account must see all that was changed. */
const LOCK = "select 1 from users where id = $1::uuid for update";

const OPEN = `
  insert into sessions
    (id, user_id, token_hash, created_at, authenticated_at, last_used_at, expires_at, user_agent, ip)
  select $1::uuid, id, decode($5::text, 'hex'), now, now, now, $7::text::timestamptz, $8::text, $9::text
  from users, (select $6::text::timestamptz as now) times
  where id = $2::uuid and status = 'active'
    and date_trunc('milliseconds', password_changed_at) = $3::text::timestamptz
    and not exists (
      select from totp_secrets
      where user_id = $2::uuid
        and date_trunc('milliseconds', confirmed_at) <> coalesce($4::text::timestamptz, '-infinity')
    )
  returning 'opened'`;

/** Of nobody where nothing was opened. Leaves the sessions' ids to ANNOUNCE, in the transaction's settings. */
const CROWD_OUT = `
  with crowded_out as (
    update sessions set revoked_at = $2::text::timestamptz, revoked_reason = 'too_many'
    where revoked_at is null and id in (
      select id from sessions
      where user_id = (select user_id from sessions where id = $1::uuid) and revoked_at is null
        and expires_at > $2::text::timestamptz and last_used_at > $3::text::timestamptz
      order by created_at desc offset $4::int
    )
    returning id
  )
  select set_config('app.crowded_out', coalesce(string_agg(id::text, ','), ''), true) from crowded_out`;

const AUDIT = `
  insert into audit_log (chain_id, id, at, actor_id, action, target_type, target_id, request_id, personal)
  select user_id, $2::uuid, $3::text::timestamptz, user_id, $4::text, 'session', $1::text, $5::text, $6::text::jsonb
  from sessions where id = $1::text::uuid`;

const ANNOUNCE = `
  insert into authz_changes (org_id, kind, user_id, session_id, at)
  select org_id, 'session', user_id, ended, $2::text::timestamptz
  from memberships, unnest(string_to_array(current_setting('app.crowded_out'), ',')::uuid[]) as ended
  where user_id = $1::uuid and status = 'active'
  order by org_id
  returning 'announced'`;

/**
 * Session, audit row and what must make room for it, as one transaction; nothing of it where the account isn't as it
 * was checked: the password was changed since, codes were switched on, or the account disabled. (A hash made anew from
 * the same password is no change.) `run` is `pipelineOfSystem`. Says whether there is a session now, and whether the
 * outbox has news of others.
 *
 * Locks in the order of everything else that changes sessions, or they would wait for one another: the account, its
 * sessions, its chain of the audit log, the outbox.
 */
export async function open(
  run: (statements: readonly NamedStatement[]) => Promise<TextRow[][]>,
  { session, account, now, userAgent, ip, keep, audit }: LogIn,
): Promise<{ isOpen: boolean; hasNews: boolean }> {
  const { user, totp } = account;
  const at = now.toISOString();
  const idleSince = new Date(now.getTime() - SESSION_IDLE_SECONDS * 1000).toISOString();
  const [, opened = [], , , announced = []] = await run([
    { name: "log_in_lock", text: LOCK, values: [user.id] },
    {
      name: "log_in_open",
      text: OPEN,
      values: [
        session.id,
        user.id,
        user.passwordChangedAt.toISOString(),
        totp?.confirmedAt?.toISOString() ?? null,
        Buffer.from(session.tokenHash).toString("hex"),
        at,
        session.expiresAt.toISOString(),
        userAgent ?? null,
        ip ?? null,
      ],
    },
    { name: "log_in_crowd_out", text: CROWD_OUT, values: [session.id, at, idleSince, keep] },
    {
      name: "log_in_audit",
      text: AUDIT,
      values: [
        session.id,
        newAuditEventId(),
        at,
        audit.action,
        audit.requestId,
        JSON.stringify(audit.personal),
      ],
    },
    { name: "log_in_announce", text: ANNOUNCE, values: [user.id, at] },
  ]);
  return { isOpen: opened.length > 0, hasNews: announced.length > 0 };
}
