/**
 * A database the size of a big installation: a million accounts, 10,000 organisations, one of which has 100,000
 * members, and one with a tree of 200 channels, 5 roles and 50 entries. Made by set-based SQL, in a minute.
 */
import type { ChannelId, OrganizationId, RoleId, UserId } from "@parley/contract/ids";
import type { Database } from "@parley/db/client";
import type { Tenant } from "@parley/db/testing/tenant";

const USERS = 1_000_000;
const ORGANIZATIONS = 10_000;
const MEMBERS = 100_000;
const CHANNELS = 200;
const ROLES = 5;
const ENTRIES = 50;

const uuid = (kind: number, n: number) => `0190000${kind}-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
const uuidSql = (kind: number, n: string) =>
  `('0190000${kind}-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
const user = (n: string) => uuidSql(1, n);
const org = (n: string) => uuidSql(2, n);

/** Scattered over all accounts, and no owner twice: of a table that is one organisation's, Postgres rightly reads all. */
const MEMBER_OF_OTHERS = "10001 + (o * 97 + m * 24001) % 990000";

/** The organisation with 100,000 members is number 1; the one with the tree is number 2. */
export interface Million {
  big: Tenant;
  tree: Tenant;
  username(n: number): string;
}

export const million: Million = {
  big: tenantOf(1, 1),
  tree: tenantOf(2, 2),
  username: (n) => `user${n}`,
};

function tenantOf(n: number, owner: number): Tenant {
  return {
    orgId: uuid(2, n) as OrganizationId,
    tag: `ORG${n}`,
    ownerId: uuid(1, owner) as UserId,
    memberId: uuid(1, owner + 10) as UserId,
    everyoneId: uuid(3, n * 10) as RoleId,
    roleId: uuid(3, n * 10 + 1) as RoleId,
    channelId: uuid(4, n * 1000 + 1) as ChannelId,
    childId: uuid(4, n * 1000 + 2) as ChannelId,
  };
}

export async function makeMillion(database: Database, progress: (text: string) => void): Promise<void> {
  const steps: [string, string][] = [
    [
      `${USERS} accounts`,
      `insert into users (id, username, username_key, password_hash, email, email_key)
       select ${user("n")}, 'user' || n, 'user' || n, '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA',
         'user' || n || '@example.org', 'user' || n || '@example.org' from generate_series(1, ${USERS}) n`,
    ],
    [
      `${ORGANIZATIONS} organisations with their owners`,
      `begin;
       insert into organizations (id, tag, name, owner_id)
         select ${org("n")}, 'ORG' || n, 'Organisation ' || n, ${user("n")} from generate_series(1, ${ORGANIZATIONS}) n;
       insert into memberships (org_id, user_id) select ${org("n")}, ${user("n")} from generate_series(1, ${ORGANIZATIONS}) n;
       insert into roles (org_id, id, name, name_key, position, permissions, is_everyone)
         select ${org("n")}, ${uuidSql(3, "n * 10")}, 'everyone', 'everyone', 0, 31, true from generate_series(1, ${ORGANIZATIONS}) n;
       commit`,
    ],
    [
      `${MEMBERS} members of one`,
      `insert into memberships (org_id, user_id) select ${org("1")}, ${user("n")} from generate_series(2, ${MEMBERS}) n`,
    ],
    [
      "forty members of each of the others",
      `insert into memberships (org_id, user_id)
         select ${org("o")}, ${user(MEMBER_OF_OTHERS)} from generate_series(3, ${ORGANIZATIONS}) o, generate_series(1, 40) m
         on conflict do nothing`,
    ],
    [
      "channels, roles and entries of all",
      `begin;
       insert into memberships (org_id, user_id) select ${org("2")}, ${user("n")} from generate_series(3, 100) n;
       insert into roles (org_id, id, name, name_key, position, permissions)
         select ${org("o")}, ${uuidSql(3, "o * 10 + r")}, 'role' || r, 'role' || r, r, 7 from generate_series(1, ${ORGANIZATIONS}) o, generate_series(1, ${ROLES - 1}) r;
       insert into user_roles (org_id, user_id, role_id)
         select ${org("2")}, ${user("n")}, ${uuidSql(3, "20 + r")} from generate_series(3, 100) n, generate_series(1, 2) r;
       insert into user_roles (org_id, user_id, role_id)
         select ${org("o")}, ${user(MEMBER_OF_OTHERS)}, ${uuidSql(3, "o * 10 + 1")} from generate_series(3, ${ORGANIZATIONS}) o, generate_series(1, 40) m;
       insert into channels (org_id, id, parent_id, position, name, name_key)
         select ${org("2")}, ${uuidSql(4, "2000 + n")}, case when n % 10 = 1 then null else ${uuidSql(4, "2000 + (n - 1) / 10 * 10 + 1")} end,
           n * 1024, 'channel' || n, 'channel' || n from generate_series(1, ${CHANNELS}) n;
       insert into channels (org_id, id, parent_id, position, name, name_key)
         select ${org("o")}, ${uuidSql(4, "o * 1000 + n")}, case when n = 1 then null else ${uuidSql(4, "o * 1000 + 1")} end,
           n * 1024, 'channel' || n, 'channel' || n from generate_series(1, ${ORGANIZATIONS}) o, generate_series(1, 5) n where o <> 2;
       insert into channel_acl (org_id, id, channel_id, role_id, allow, deny, applies_to)
         select ${org("2")}, ${uuidSql(5, "2000 + n")}, ${uuidSql(4, "2000 + n * 4")}, ${uuidSql(3, `20 + n % ${ROLES}`)}, 4, 0, 'here_and_below' from generate_series(1, ${ENTRIES}) n;
       insert into sessions (id, user_id, token_hash, created_at, last_used_at, expires_at)
         select ${uuidSql(6, "n")}, ${user("n")}, sha256(n::text::bytea), now(), now(), now() + interval '30 days' from generate_series(1, 200000) n;
       commit`,
    ],
    [
      "50,000 rows of audit log and outbox",
      `insert into audit_log (chain_id, id, org_id, at, actor_id, action)
         select ${org("2 + n % 100")}, ${uuidSql(7, "n")}, ${org("2 + n % 100")}, now(), ${user("n")}, 'channel.update' from generate_series(1, 50000) n;
       insert into authz_changes (org_id, kind, user_id, at) select ${org("n % 100 + 1")}, 'rights', ${user("n")}, now() from generate_series(1, 50000) n`,
    ],
    [
      "bans, invites, leases, tokens and kept answers",
      `begin;
       insert into channel_acl (org_id, id, channel_id, role_id, allow, deny, applies_to)
         select ${org("o")}, ${uuidSql(5, "o * 100000")}, ${uuidSql(4, "o * 1000 + 1")}, ${uuidSql(3, "o * 10 + 1")}, 4, 0, 'here' from generate_series(3, ${ORGANIZATIONS}) o;
       insert into user_roles (org_id, user_id, role_id)
         select ${org("1")}, ${user("n")}, ${uuidSql(3, "11")} from generate_series(2, 50000) n;
       insert into bans (org_id, id, user_id, banned_by, created_at)
         select ${org("1")}, ${uuidSql(8, "n")}, ${user("n")}, ${user("1")}, now() from generate_series(50001, 80000) n;
       insert into invites (org_id, id, code_hash, created_by, created_at, expires_at)
         select ${org("n % 10000 + 1")}, ${uuidSql(8, "n")}, sha256(n::text::bytea), ${user("1")}, now(), now() + interval '7 days' from generate_series(1, 50000) n;
       insert into voice_rooms (org_id, channel_id, node_id, boot_epoch, fence, renewed_at)
         select ${org("n")}, ${uuidSql(4, "n * 1000 + 1")}, 'node-' || n % 50, 1, 1, now() from generate_series(3, ${ORGANIZATIONS}) n;
       insert into email_tokens (token_hash, user_id, purpose, email, expires_at)
         select sha256(n::text::bytea), ${user("n")}, 'verify', 'x@example.org', now() + interval '1 hour' from generate_series(1, 50000) n;
       insert into idempotency_keys (user_id, key, request_hash, claimed_at, expires_at)
         select ${user("n")}, 'key' || n, '', now(), now() + interval '1 hour' from generate_series(1, 50000) n;
       commit`,
    ],
    ["statistics", "vacuum analyze"],
  ];
  for (const [what, statements] of steps) {
    progress(`making ${what} …`);
    await database.driver.withConnection(({ run }) => run(statements));
  }
}
