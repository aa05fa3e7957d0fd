ALTER TABLE "memberships" ADD COLUMN "username_key" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "memberships" ADD COLUMN "nickname_key" text;--> statement-breakpoint
UPDATE memberships m SET username_key = u.username_key, nickname_key = lower(m.nickname)
  FROM users u WHERE u.id = m.user_id;--> statement-breakpoint
CREATE INDEX "memberships_by_username" ON "memberships" USING btree ("org_id","username_key" text_pattern_ops,"user_id") WHERE "memberships"."status" = 'active';--> statement-breakpoint
CREATE INDEX "memberships_by_nickname" ON "memberships" USING btree ("org_id","nickname_key" text_pattern_ops,"user_id") WHERE "memberships"."status" = 'active' and "memberships"."nickname_key" is not null;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_nickname_whole" CHECK (("memberships"."nickname" is null) = ("memberships"."nickname_key" is null));
--> statement-breakpoint

-- ── The account's name beside the membership: row security keeps a search from reaching across two tables. ────
-- As the tables' owner: who joins isn't seen by the tenant before the row is there.
CREATE FUNCTION memberships_named() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  SELECT u.username_key INTO NEW.username_key FROM public.users u WHERE u.id = NEW.user_id;
  NEW.username_key := coalesce(NEW.username_key, '');
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER memberships_named BEFORE INSERT ON memberships
  FOR EACH ROW EXECUTE FUNCTION memberships_named();
--> statement-breakpoint
CREATE FUNCTION memberships_renamed() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.memberships SET username_key = NEW.username_key WHERE user_id = NEW.id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER memberships_renamed AFTER UPDATE OF username_key ON users
  FOR EACH ROW WHEN (NEW.username_key <> OLD.username_key) EXECUTE FUNCTION memberships_renamed();
--> statement-breakpoint

-- ── The audit log's filters by time and by outcome. ──────────────────────────────────────────────────────────
CREATE INDEX "audit_log_by_time" ON "audit_log" USING btree ("chain_id","at");--> statement-breakpoint
CREATE INDEX "audit_log_refused" ON "audit_log" USING btree ("chain_id","seq") WHERE right("audit_log"."action", 7) = '.denied';
