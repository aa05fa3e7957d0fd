-- What drizzle can't express: the roles and policies that wall tenants off from each other, and the triggers
-- that keep rules which no single row can keep. Names of constraints raised here are what the application maps
-- to its error codes.

-- ── Roles. Nobody logs in as them: each transaction takes one for its own length (db/scope.ts). ──────────────
DO $$
DECLARE
  role_name text;
  may_take boolean;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['parley_app', 'parley_system'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL; -- Roles belong to the whole cluster: a migration of another database was faster.
      END;
    END IF;
    -- From PostgreSQL 16 on, who creates a role is its member without being able to take it.
    may_take := CASE WHEN current_setting('server_version_num')::int >= 160000
      THEN pg_has_role(current_user, role_name, 'SET') AND pg_has_role(current_user, role_name, 'USAGE')
      ELSE pg_has_role(current_user, role_name, 'MEMBER') END;
    IF NOT may_take THEN
      BEGIN
        EXECUTE format('GRANT %I TO %I', role_name, current_user);
      EXCEPTION WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'the roles of another Parley in this cluster are not granted to %: let an administrator run GRANT parley_app, parley_system TO %', current_user, current_user
          USING ERRCODE = 'insufficient_privilege';
      END;
    END IF;
  END LOOP;
END $$;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO parley_app, parley_system;
--> statement-breakpoint

-- What is there already, counted before the walls stand.
UPDATE organizations o SET
  member_count = (SELECT count(*) FROM memberships m WHERE m.org_id = o.id AND m.status = 'active'),
  channel_count = (SELECT count(*) FROM channels c WHERE c.org_id = o.id),
  role_count = (SELECT count(*) FROM roles r WHERE r.org_id = o.id);
--> statement-breakpoint

-- ── Grants. In a tenant's transaction an account is its public part; hashes and sessions are out of reach. ───
GRANT SELECT, INSERT, UPDATE, DELETE ON
  users, sessions, organizations, memberships, roles, user_roles, channels, channel_acl, bans, invites,
  voice_rooms, authz_changes, email_tokens, idempotency_keys TO parley_system;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON
  memberships, roles, user_roles, channels, channel_acl, bans, invites, voice_rooms TO parley_app;
--> statement-breakpoint
-- Quotas are the operator's, counts the triggers'.
GRANT SELECT, DELETE, UPDATE (name, tag, settings, owner_id) ON organizations TO parley_app;
--> statement-breakpoint
GRANT SELECT (id, username, username_key, status, created_at) ON users TO parley_app;
--> statement-breakpoint
GRANT SELECT, INSERT ON authz_changes TO parley_app;
--> statement-breakpoint
GRANT SELECT, INSERT ON audit_log TO parley_app, parley_system;
--> statement-breakpoint
GRANT UPDATE (personal, personal_salt) ON audit_log TO parley_system;
--> statement-breakpoint
GRANT SELECT ON audit_chains TO parley_app, parley_system;
--> statement-breakpoint

-- ── Row level security: the second wall. Without a tenant named, a tenant's transaction sees nothing. ─────────
DO $$
DECLARE
  tenant_table text;
  tenant_column text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['organizations', 'memberships', 'roles', 'user_roles', 'channels',
    'channel_acl', 'bans', 'invites', 'voice_rooms', 'authz_changes', 'audit_log'] LOOP
    tenant_column := CASE tenant_table WHEN 'organizations' THEN 'id' ELSE 'org_id' END;
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY tenant ON %I TO parley_app
         USING (%I = NULLIF(current_setting(''app.org_id'', true), '''')::uuid)
         WITH CHECK (%2$I = NULLIF(current_setting(''app.org_id'', true), '''')::uuid)',
      tenant_table, tenant_column);
    EXECUTE format('CREATE POLICY across_tenants ON %I TO parley_system USING (true) WITH CHECK (true)', tenant_table);
  END LOOP;
END $$;
--> statement-breakpoint
-- Accounts belong to no tenant; a tenant's transaction sees those that are, or were, its members.
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE users FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY tenant ON users FOR SELECT TO parley_app USING (EXISTS (
  SELECT FROM memberships m
  WHERE m.org_id = NULLIF(current_setting('app.org_id', true), '')::uuid AND m.user_id = users.id));
--> statement-breakpoint
CREATE POLICY across_tenants ON users TO parley_system USING (true) WITH CHECK (true);
--> statement-breakpoint
-- Not FORCEd: the trigger that writes the chains runs as the tables' owner.
ALTER TABLE audit_chains ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY tenant ON audit_chains FOR SELECT TO parley_app
  USING (chain_id = NULLIF(current_setting('app.org_id', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY across_tenants ON audit_chains FOR SELECT TO parley_system USING (true);
--> statement-breakpoint

-- ── Quotas. The organisation's row counts what it holds; its lock puts racing writers in line. ───────────────
CREATE FUNCTION quota_exceeded(constraint_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the organisation holds as many as it may' USING ERRCODE = 'check_violation', CONSTRAINT = constraint_name;
END $$;
--> statement-breakpoint
-- Lowering a quota below what is there is fine: only growing beyond it is refused.
CREATE FUNCTION organizations_quota() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.member_count > OLD.member_count AND NEW.member_count > NEW.members_max THEN
    PERFORM public.quota_exceeded('organizations_members_quota');
  ELSIF NEW.channel_count > OLD.channel_count AND NEW.channel_count > NEW.channels_max THEN
    PERFORM public.quota_exceeded('organizations_channels_quota');
  ELSIF NEW.role_count > OLD.role_count AND NEW.role_count > 250 THEN
    PERFORM public.quota_exceeded('organizations_roles_quota');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER organizations_quota BEFORE UPDATE OF member_count, channel_count, role_count ON organizations
  FOR EACH ROW EXECUTE FUNCTION organizations_quota();
--> statement-breakpoint
-- The counting functions run as the tables' owner: whoever may add a row may not write the counts themselves.
-- Organisations are locked in the order of their ids, so that two statements that touch several don't deadlock.
CREATE FUNCTION count_on_organizations(counter text, delta_by_org jsonb) RETURNS void LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE change record;
BEGIN
  FOR change IN SELECT key::uuid AS org_id, value::int AS delta FROM jsonb_each_text(delta_by_org) WHERE value::int <> 0 ORDER BY 1 LOOP
    EXECUTE format('UPDATE public.organizations SET %1$I = %1$I + $1 WHERE id = $2', counter) USING change.delta, change.org_id;
  END LOOP;
END $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION count_on_organizations(text, jsonb) FROM PUBLIC;
--> statement-breakpoint
CREATE FUNCTION rows_counted() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- TG_ARGV: the counter, and 1 or -1.
  PERFORM public.count_on_organizations(TG_ARGV[0], coalesce(jsonb_object_agg(org_id, rows), '{}'))
    FROM (SELECT org_id, count(*) * TG_ARGV[1]::int AS rows FROM changed GROUP BY org_id) per_organization;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER channels_counted_in AFTER INSERT ON channels
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION rows_counted('channel_count', '1');
--> statement-breakpoint
CREATE TRIGGER channels_counted_out AFTER DELETE ON channels
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION rows_counted('channel_count', '-1');
--> statement-breakpoint
CREATE TRIGGER roles_counted_in AFTER INSERT ON roles
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION rows_counted('role_count', '1');
--> statement-breakpoint
CREATE TRIGGER roles_counted_out AFTER DELETE ON roles
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION rows_counted('role_count', '-1');
--> statement-breakpoint
-- Only active members count: the banned and the gone have rows, too.
CREATE FUNCTION memberships_counted_in() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM public.count_on_organizations('member_count', coalesce(jsonb_object_agg(org_id, rows), '{}'))
    FROM (SELECT org_id, count(*) AS rows FROM arrived WHERE status = 'active' GROUP BY org_id) per_organization;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION memberships_counted_out() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM public.count_on_organizations('member_count', coalesce(jsonb_object_agg(org_id, rows), '{}'))
    FROM (SELECT org_id, -count(*) AS rows FROM gone WHERE status = 'active' GROUP BY org_id) per_organization;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION memberships_counted_anew() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM public.count_on_organizations('member_count', coalesce(jsonb_object_agg(org_id, rows), '{}'))
    FROM (
      SELECT org_id, sum(one) AS rows FROM (
        SELECT org_id, 1 AS one FROM arrived WHERE status = 'active'
        UNION ALL SELECT org_id, -1 FROM gone WHERE status = 'active'
      ) each_one GROUP BY org_id
    ) per_organization;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER memberships_counted_in AFTER INSERT ON memberships
  REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION memberships_counted_in();
--> statement-breakpoint
CREATE TRIGGER memberships_counted_out AFTER DELETE ON memberships
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION memberships_counted_out();
--> statement-breakpoint
CREATE TRIGGER memberships_counted_anew AFTER UPDATE ON memberships
  REFERENCING OLD TABLE AS gone NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION memberships_counted_anew();
--> statement-breakpoint
CREATE FUNCTION channel_acl_limit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM public.organizations o WHERE o.id IN (SELECT org_id FROM arrived) ORDER BY o.id FOR NO KEY UPDATE;
  IF EXISTS (
    SELECT FROM public.channel_acl a
    WHERE (a.org_id, a.channel_id) IN (SELECT org_id, channel_id FROM arrived)
    GROUP BY a.org_id, a.channel_id HAVING count(*) > 100
  ) THEN
    PERFORM public.quota_exceeded('channel_acl_entries_quota');
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER channel_acl_limit AFTER INSERT ON channel_acl
  REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION channel_acl_limit();
--> statement-breakpoint

-- ── Ownership: the owner is an active member of their own organisation, at every commit. ─────────────────────
ALTER TABLE organizations ALTER CONSTRAINT organizations_owner DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
CREATE FUNCTION memberships_owner_active() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The lock also keeps a transfer to this very member from slipping past.
  PERFORM FROM public.organizations o WHERE o.id = NEW.org_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT FROM public.organizations o WHERE o.id = NEW.org_id AND o.owner_id = NEW.user_id) THEN
    RAISE EXCEPTION 'the owner can''t be banned and can''t leave' USING ERRCODE = 'check_violation', CONSTRAINT = 'memberships_owner_active';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER memberships_owner_active BEFORE UPDATE OF status ON memberships
  FOR EACH ROW WHEN (NEW.status <> 'active') EXECUTE FUNCTION memberships_owner_active();
--> statement-breakpoint
CREATE FUNCTION organizations_owner_active() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM public.memberships m WHERE m.org_id = NEW.id AND m.user_id = NEW.owner_id AND m.status = 'active'
  ) THEN
    RAISE EXCEPTION 'the new owner isn''t an active member' USING ERRCODE = 'check_violation', CONSTRAINT = 'organizations_owner_active';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER organizations_owner_active AFTER UPDATE OF owner_id ON organizations
  FOR EACH ROW WHEN (NEW.owner_id <> OLD.owner_id) EXECUTE FUNCTION organizations_owner_active();
--> statement-breakpoint

-- ── Roles: one statement may turn the whole order round; `everyone` goes only with its organisation. ─────────
ALTER TABLE roles DROP CONSTRAINT roles_position_unique;
--> statement-breakpoint
ALTER TABLE roles ADD CONSTRAINT roles_position_unique UNIQUE (org_id, position) DEFERRABLE INITIALLY IMMEDIATE;
--> statement-breakpoint
CREATE FUNCTION roles_everyone_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM public.organizations o WHERE o.id = OLD.org_id) THEN
    RAISE EXCEPTION 'the role of everyone can''t be deleted' USING ERRCODE = 'check_violation', CONSTRAINT = 'roles_everyone_stays';
  END IF;
  RETURN OLD;
END $$;
--> statement-breakpoint
CREATE TRIGGER roles_everyone_stays BEFORE DELETE ON roles
  FOR EACH ROW WHEN (OLD.is_everyone) EXECUTE FUNCTION roles_everyone_stays();
--> statement-breakpoint

-- ── The channel tree: no cycle and at most 8 levels, whoever moves what at the same time. ─────────────────────
CREATE FUNCTION channels_tree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  above int;
  below int;
  cyclic boolean;
BEGIN
  -- One move at a time in a tree: each sees the one before it.
  PERFORM FROM public.organizations o WHERE o.id = NEW.org_id FOR NO KEY UPDATE;
  IF NEW.parent_id IS NULL THEN RETURN NEW; END IF;
  WITH RECURSIVE path AS (
    SELECT c.id, c.parent_id, 1 AS level FROM public.channels c WHERE c.org_id = NEW.org_id AND c.id = NEW.parent_id
    UNION ALL
    SELECT c.id, c.parent_id, path.level + 1 FROM path
      JOIN public.channels c ON c.org_id = NEW.org_id AND c.id = path.parent_id
      WHERE path.id <> NEW.id AND path.level < 16
  )
  SELECT coalesce(max(level), 0), coalesce(bool_or(path.id = NEW.id), false) INTO above, cyclic FROM path;
  IF cyclic THEN
    RAISE EXCEPTION 'a channel can''t stand below itself' USING ERRCODE = 'check_violation', CONSTRAINT = 'channels_no_cycle';
  END IF;
  below := 0;
  IF TG_OP = 'UPDATE' THEN
    WITH RECURSIVE subtree AS (
      SELECT c.id, 1 AS level FROM public.channels c WHERE c.org_id = NEW.org_id AND c.parent_id = NEW.id
      UNION ALL
      SELECT c.id, subtree.level + 1 FROM subtree
        JOIN public.channels c ON c.org_id = NEW.org_id AND c.parent_id = subtree.id WHERE subtree.level < 16
    )
    SELECT coalesce(max(level), 0) INTO below FROM subtree;
  END IF;
  IF above + 1 + below > 8 THEN
    RAISE EXCEPTION 'the channel tree is 8 levels deep at the most' USING ERRCODE = 'check_violation', CONSTRAINT = 'channels_depth';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER channels_tree_insert BEFORE INSERT ON channels FOR EACH ROW EXECUTE FUNCTION channels_tree();
--> statement-breakpoint
CREATE TRIGGER channels_tree_move BEFORE UPDATE OF parent_id ON channels
  FOR EACH ROW WHEN (NEW.parent_id IS DISTINCT FROM OLD.parent_id) EXECUTE FUNCTION channels_tree();
--> statement-breakpoint

-- ── The outbox: numbers appear in their order, since each is given under a lock that lasts to the commit. ─────
CREATE SEQUENCE authz_changes_number;
--> statement-breakpoint
GRANT USAGE ON SEQUENCE authz_changes_number TO parley_app, parley_system;
--> statement-breakpoint
CREATE FUNCTION authz_changes_numbered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7202611, 2);
  NEW.seq := nextval('public.authz_changes_number');
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER authz_changes_numbered BEFORE INSERT ON authz_changes
  FOR EACH ROW EXECUTE FUNCTION authz_changes_numbered();
--> statement-breakpoint

-- ── The audit log: append-only, each row chained to the one before it. ───────────────────────────────────────
CREATE FUNCTION audit_personal_hash(salt bytea, personal jsonb) RETURNS bytea IMMUTABLE LANGUAGE sql AS $$
  SELECT sha256(coalesce(salt, ''::bytea) || convert_to(coalesce(personal::text, ''), 'UTF8'))
$$;
--> statement-breakpoint
-- Over the text of one JSON array: unambiguous where fields meet, and the same on every version and time zone.
CREATE FUNCTION audit_row_hash(entry audit_log) RETURNS bytea IMMUTABLE LANGUAGE sql AS $$
  SELECT sha256(coalesce(entry.previous_hash, ''::bytea) || convert_to(jsonb_build_array(
    entry.chain_id, entry.seq, entry.id, entry.org_id, (extract(epoch from entry.at) * 1000000)::bigint,
    entry.actor_id, entry.action, entry.target_type, entry.target_id, entry.before, entry.after,
    entry.request_id, encode(entry.personal_hash, 'hex')
  )::text, 'UTF8'))
$$;
--> statement-breakpoint
CREATE FUNCTION audit_log_append() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE head public.audit_chains;
BEGIN
  -- Locks the chain's last link until the commit: writers queue, and the order of rows is that of commits.
  INSERT INTO public.audit_chains AS chain (chain_id, seq, hash) VALUES (NEW.chain_id, 1, ''::bytea)
    ON CONFLICT (chain_id) DO UPDATE SET seq = chain.seq + 1 RETURNING * INTO head;
  NEW.seq := head.seq;
  NEW.previous_hash := NULLIF(head.hash, ''::bytea);
  NEW.personal_salt := CASE WHEN NEW.personal IS NULL THEN NULL ELSE uuid_send(gen_random_uuid()) END;
  NEW.personal_hash := public.audit_personal_hash(NEW.personal_salt, NEW.personal);
  NEW.hash := public.audit_row_hash(NEW);
  UPDATE public.audit_chains SET hash = NEW.hash WHERE chain_id = NEW.chain_id;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_log_append BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_append();
--> statement-breakpoint
CREATE FUNCTION audit_log_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The one change that is allowed: what is personal is forgotten.
  IF TG_OP = 'UPDATE' THEN
    IF NEW.personal IS NULL AND NEW.personal_salt IS NULL THEN
      OLD.personal := NULL;
      OLD.personal_salt := NULL;
      IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION audit_log_append_only();
--> statement-breakpoint
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION audit_log_append_only();
--> statement-breakpoint
-- The first row of a chain that isn't what was written, or null. Also finds rows missing at either end.
CREATE FUNCTION audit_chain_break(chain uuid) RETURNS bigint STABLE LANGUAGE sql AS $$
  SELECT min(seq) FROM (
    SELECT (entry).seq FROM (
      SELECT l AS entry, lag(l.hash) OVER in_order AS hash_before, row_number() OVER in_order AS number
      FROM public.audit_log l WHERE l.chain_id = chain WINDOW in_order AS (ORDER BY l.seq)
    ) rows
    WHERE (entry).seq <> number
      OR (entry).previous_hash IS DISTINCT FROM hash_before
      OR (entry).hash <> public.audit_row_hash(entry)
      OR ((entry).personal IS NOT NULL
          AND (entry).personal_hash <> public.audit_personal_hash((entry).personal_salt, (entry).personal))
    UNION ALL
    SELECT c.seq FROM public.audit_chains c LEFT JOIN public.audit_log l ON l.chain_id = c.chain_id AND l.seq = c.seq
    WHERE c.chain_id = chain AND l.hash IS DISTINCT FROM c.hash
  ) breaks
$$;
