/** What an account asks for beside its password: time-based codes, and what stands in for a lost authenticator. */
import type { UserId } from "@parley/contract/ids";
import { bigint, pgTable, primaryKey, uuid } from "drizzle-orm/pg-core";
import { bytes } from "./bytes.ts";
import { time } from "./times.ts";
import { users } from "./users.ts";

export const totpSecrets = pgTable("totp_secrets", {
  userId: uuid("user_id")
    .$type<UserId>()
    .primaryKey()
    .references(() => users.id, { onDelete: "cascade" }),
  /** Sealed by the application: a copy of the database alone makes no codes. */
  sealedSecret: bytes("sealed_secret").notNull(),
  createdAt: time("created_at").notNull(),
  /** Null until a first code has shown that the authenticator has it; until then it isn't asked for. */
  confirmedAt: time("confirmed_at"),
  /** The last time step (RFC 6238 §4.2) whose code was taken: each counts once. */
  lastStep: bigint("last_step", { mode: "number" }).notNull().default(0),
});

export const recoveryCodes = pgTable(
  "recovery_codes",
  {
    userId: uuid("user_id")
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** SHA-256 over account and code: the code has 99 random bits, so nothing slower is needed. */
    codeHash: bytes("code_hash").notNull(),
    usedAt: time("used_at"),
  },
  (table) => [primaryKey({ columns: [table.userId, table.codeHash] })],
);
