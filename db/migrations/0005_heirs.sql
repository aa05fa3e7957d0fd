CREATE INDEX "audit_log_heir" ON "audit_log" USING btree (("after" ->> 'ownerId')) WHERE "audit_log"."action" = 'organization.transfer' and "audit_log"."target_type" = 'organization';
--> statement-breakpoint

-- Transfers named the heir without being about them: those whose account is gone by now were not forgotten.
UPDATE audit_log l SET personal = NULL, personal_salt = NULL
  WHERE l.action = 'organization.transfer' AND l.target_type = 'organization' AND l.personal IS NOT NULL
    AND NOT EXISTS (SELECT FROM users u WHERE u.id = (l.after ->> 'ownerId')::uuid);
