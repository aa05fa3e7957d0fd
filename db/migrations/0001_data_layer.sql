CREATE TABLE "audit_chains" (
	"chain_id" uuid PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"hash" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"chain_id" uuid NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL,
	"id" uuid NOT NULL,
	"org_id" uuid,
	"at" timestamp with time zone NOT NULL,
	"actor_id" uuid,
	"action" text NOT NULL,
	"target_type" text,
	"target_id" text,
	"before" jsonb,
	"after" jsonb,
	"request_id" text,
	"personal" jsonb,
	"personal_salt" "bytea",
	"personal_hash" "bytea" DEFAULT ''::bytea NOT NULL,
	"previous_hash" "bytea",
	"hash" "bytea" DEFAULT ''::bytea NOT NULL,
	CONSTRAINT "audit_log_chain_id_seq_pk" PRIMARY KEY("chain_id","seq"),
	CONSTRAINT "audit_log_id_unique" UNIQUE("id"),
	CONSTRAINT "audit_log_chain_of_org" CHECK ("audit_log"."org_id" is null or "audit_log"."org_id" = "audit_log"."chain_id")
);
--> statement-breakpoint
CREATE TABLE "authz_changes" (
	"org_id" uuid NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL,
	"kind" text NOT NULL,
	"user_id" uuid,
	"channel_id" uuid,
	"session_id" uuid,
	"permission_version" integer,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "authz_changes_org_id_seq_pk" PRIMARY KEY("org_id","seq")
);
--> statement-breakpoint
CREATE TABLE "channel_acl" (
	"org_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"channel_id" uuid NOT NULL,
	"role_id" uuid,
	"user_id" uuid,
	"allow" bigint NOT NULL,
	"deny" bigint NOT NULL,
	"applies_to" text NOT NULL,
	CONSTRAINT "channel_acl_org_id_id_pk" PRIMARY KEY("org_id","id"),
	CONSTRAINT "channel_acl_one_subject" CHECK (num_nonnulls("channel_acl"."role_id", "channel_acl"."user_id") = 1),
	CONSTRAINT "channel_acl_bits_range" CHECK ("channel_acl"."allow" >= 0 and "channel_acl"."deny" >= 0),
	CONSTRAINT "channel_acl_bits_disjoint" CHECK ("channel_acl"."allow" & "channel_acl"."deny" = 0),
	CONSTRAINT "channel_acl_applies_to_known" CHECK ("channel_acl"."applies_to" in ('here', 'here_and_below'))
);
--> statement-breakpoint
CREATE TABLE "email_tokens" (
	"token_hash" "bytea" PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"email" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "email_tokens_purpose_known" CHECK ("email_tokens"."purpose" in ('verify', 'reset'))
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"user_id" uuid NOT NULL,
	"key" text NOT NULL,
	"request_hash" "bytea" NOT NULL,
	"claimed_at" timestamp with time zone NOT NULL,
	"status" integer,
	"response" jsonb,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_user_id_key_pk" PRIMARY KEY("user_id","key")
);
--> statement-breakpoint
CREATE TABLE "bans" (
	"org_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"banned_by" uuid NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone,
	CONSTRAINT "bans_org_id_id_pk" PRIMARY KEY("org_id","id"),
	CONSTRAINT "bans_one_per_member" UNIQUE("org_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "invites" (
	"org_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"code_hash" "bytea" NOT NULL,
	"created_by" uuid NOT NULL,
	"role_id" uuid,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"uses_max" integer DEFAULT 0 NOT NULL,
	"uses" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "invites_org_id_id_pk" PRIMARY KEY("org_id","id"),
	CONSTRAINT "invites_code_unique" UNIQUE("code_hash"),
	CONSTRAINT "invites_uses_range" CHECK ("invites"."uses" >= 0 and "invites"."uses_max" >= 0 and ("invites"."uses_max" = 0 or "invites"."uses" <= "invites"."uses_max"))
);
--> statement-breakpoint
ALTER TABLE "memberships" DROP CONSTRAINT "memberships_status_known";--> statement-breakpoint
ALTER TABLE "organizations" DROP CONSTRAINT "organizations_owner_id_users_id_fk";
--> statement-breakpoint
DROP INDEX "sessions_user";--> statement-breakpoint
-- Rows of 0000 have no key yet. `lower` does what nameKey() does for the names that the seed gave.
ALTER TABLE "channels" ADD COLUMN "name_key" text;--> statement-breakpoint
UPDATE "channels" SET "name_key" = lower(normalize("name", NFC));--> statement-breakpoint
ALTER TABLE "channels" ALTER COLUMN "name_key" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "channels" ADD COLUMN "bitrate_bps" integer;--> statement-breakpoint
ALTER TABLE "channels" ADD COLUMN "region" text;--> statement-breakpoint
ALTER TABLE "channels" ADD COLUMN "inherit" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "channels" ADD COLUMN "created_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "memberships" ADD COLUMN "nickname" text;--> statement-breakpoint
ALTER TABLE "memberships" ADD COLUMN "timed_out_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "settings" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "members_max" integer DEFAULT 100000 NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "channels_max" integer DEFAULT 500 NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "voices_max" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "member_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "channel_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "role_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "roles" ADD COLUMN "name_key" text;--> statement-breakpoint
UPDATE "roles" SET "name_key" = lower(normalize("name", NFC));--> statement-breakpoint
ALTER TABLE "roles" ALTER COLUMN "name_key" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "token_hash" "bytea";--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "previous_token_hash" "bytea";--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "rotated_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "authenticated_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "revoked_reason" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "email" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "email_key" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "password_changed_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "voice_rooms" ADD COLUMN "standby_node_id" text;--> statement-breakpoint
ALTER TABLE "channel_acl" ADD CONSTRAINT "channel_acl_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channel_acl" ADD CONSTRAINT "channel_acl_channel" FOREIGN KEY ("org_id","channel_id") REFERENCES "public"."channels"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channel_acl" ADD CONSTRAINT "channel_acl_role" FOREIGN KEY ("org_id","role_id") REFERENCES "public"."roles"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "email_tokens" ADD CONSTRAINT "email_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bans" ADD CONSTRAINT "bans_membership" FOREIGN KEY ("org_id","user_id") REFERENCES "public"."memberships"("org_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invites" ADD CONSTRAINT "invites_org_id_organizations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invites" ADD CONSTRAINT "invites_role" FOREIGN KEY ("org_id","role_id") REFERENCES "public"."roles"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_log_by_actor" ON "audit_log" USING btree ("chain_id","actor_id","seq");--> statement-breakpoint
CREATE INDEX "audit_log_by_action" ON "audit_log" USING btree ("chain_id","action","seq");--> statement-breakpoint
CREATE INDEX "audit_log_by_target" ON "audit_log" USING btree ("chain_id","target_id","seq");--> statement-breakpoint
CREATE INDEX "audit_log_actor" ON "audit_log" USING btree ("actor_id");--> statement-breakpoint
CREATE INDEX "audit_log_target" ON "audit_log" USING btree ("target_id");--> statement-breakpoint
CREATE UNIQUE INDEX "authz_changes_seq" ON "authz_changes" USING btree ("seq");--> statement-breakpoint
CREATE INDEX "authz_changes_at" ON "authz_changes" USING btree ("at");--> statement-breakpoint
CREATE UNIQUE INDEX "channel_acl_channel_role" ON "channel_acl" USING btree ("org_id","channel_id","role_id");--> statement-breakpoint
CREATE UNIQUE INDEX "channel_acl_channel_user" ON "channel_acl" USING btree ("org_id","channel_id","user_id");--> statement-breakpoint
CREATE INDEX "channel_acl_of_role" ON "channel_acl" USING btree ("org_id","role_id");--> statement-breakpoint
CREATE INDEX "channel_acl_of_user" ON "channel_acl" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "email_tokens_user" ON "email_tokens" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "email_tokens_expiry" ON "email_tokens" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "idempotency_keys_expiry" ON "idempotency_keys" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "invites_of_role" ON "invites" USING btree ("org_id","role_id");--> statement-breakpoint
CREATE INDEX "invites_expiry" ON "invites" USING btree ("expires_at");--> statement-breakpoint
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_owner" FOREIGN KEY ("id","owner_id") REFERENCES "public"."memberships"("org_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "memberships_listing" ON "memberships" USING btree ("org_id","status","user_id");--> statement-breakpoint
CREATE INDEX "organizations_owner_id" ON "organizations" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "user_roles_role" ON "user_roles" USING btree ("org_id","role_id");--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_token" ON "sessions" USING btree ("token_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_previous_token" ON "sessions" USING btree ("previous_token_hash");--> statement-breakpoint
CREATE INDEX "sessions_expiry" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "users_username_prefix" ON "users" USING btree ("username_key" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "voice_rooms_node" ON "voice_rooms" USING btree ("node_id","boot_epoch");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id","created_at");--> statement-breakpoint
ALTER TABLE "channels" ADD CONSTRAINT "channels_name_unique" UNIQUE NULLS NOT DISTINCT("org_id","parent_id","name_key");--> statement-breakpoint
ALTER TABLE "roles" ADD CONSTRAINT "roles_name_unique" UNIQUE("org_id","name_key");--> statement-breakpoint
ALTER TABLE "roles" ADD CONSTRAINT "roles_position_unique" UNIQUE("org_id","position");--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_email_key_unique" UNIQUE("email_key");--> statement-breakpoint
ALTER TABLE "channels" ADD CONSTRAINT "channels_bitrate_range" CHECK ("channels"."bitrate_bps" between 6000 and 510000);--> statement-breakpoint
ALTER TABLE "channels" ADD CONSTRAINT "channels_not_own_parent" CHECK ("channels"."parent_id" <> "channels"."id");--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_status_known" CHECK ("memberships"."status" in ('active', 'banned', 'left'));--> statement-breakpoint
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_counts_range" CHECK (least("organizations"."member_count", "organizations"."channel_count", "organizations"."role_count") >= 0);--> statement-breakpoint
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_quota_range" CHECK ("organizations"."members_max" > 0 and "organizations"."channels_max" between 0 and 500 and "organizations"."voices_max" >= 0);--> statement-breakpoint
ALTER TABLE "roles" ADD CONSTRAINT "roles_everyone_at_bottom" CHECK (("roles"."position" = 0) = "roles"."is_everyone");--> statement-breakpoint
ALTER TABLE "roles" ADD CONSTRAINT "roles_position_range" CHECK ("roles"."position" >= 0);--> statement-breakpoint
ALTER TABLE "roles" ADD CONSTRAINT "roles_permissions_range" CHECK ("roles"."permissions" >= 0);--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_reason_when_revoked" CHECK ("sessions"."revoked_reason" is null or "sessions"."revoked_at" is not null);--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_email_whole" CHECK (("users"."email" is null) = ("users"."email_key" is null));