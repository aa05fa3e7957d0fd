/** Passkeys (WebAuthn credentials), and the challenges that are out. */
import type { UserId } from "@parley/contract/ids";
import type { PasskeyId } from "@parley/contract/second-factors";
import { sql } from "drizzle-orm";
import { bigint, check, index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { bytes } from "./bytes.ts";
import { time } from "./times.ts";
import { users } from "./users.ts";

export const passkeys = pgTable(
  "passkeys",
  {
    /** The credential's id, base64url. */
    id: text().$type<PasskeyId>().primaryKey(),
    userId: uuid("user_id")
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    name: text().notNull(),
    /** COSE key. */
    publicKey: bytes("public_key").notNull(),
    /** Signature counter (WebAuthn §6.1.1): one that falls tells of a copied authenticator. */
    counter: bigint({ mode: "number" }).notNull(),
    transports: text().array().notNull().default(sql`'{}'`),
    createdAt: time("created_at").notNull(),
    lastUsedAt: time("last_used_at"),
  },
  (table) => [index("passkeys_user").on(table.userId, table.createdAt)],
);

export const passkeyChallenges = pgTable(
  "passkey_challenges",
  {
    /** SHA-256 of the challenge. */
    challengeHash: bytes("challenge_hash").primaryKey(),
    purpose: text().$type<"register" | "login">().notNull(),
    /** Who registers; null for a log-in, which may turn out to be anybody's. */
    userId: uuid("user_id")
      .$type<UserId>()
      .references(() => users.id, { onDelete: "cascade" }),
    expiresAt: time("expires_at").notNull(),
  },
  (table) => [
    index("passkey_challenges_user").on(table.userId),
    index("passkey_challenges_expiry").on(table.expiresAt),
    check("passkey_challenges_purpose_known", sql`${table.purpose} in ('register', 'login')`),
  ],
);
