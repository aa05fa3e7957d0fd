/** What everything about accounts works with. */
import type { UserId } from "@parley/contract/ids";
import type { Database, Transaction } from "@parley/db/client";
import * as AuditLog from "@parley/db/queries/audit-log";
import { withSystem } from "@parley/db/scope";
import type { Logger } from "../app-deps.ts";
import type { SigningKeys } from "../keys.ts";
import type { Mailer } from "./mailer.ts";
import type { PasswordQueue } from "./password-queue.ts";
import type { RateLimits } from "./rate-limits.ts";

export interface AccountServices {
  db: Database;
  keys: SigningKeys;
  passwords: PasswordQueue;
  limits: RateLimits;
  mailer: Mailer;
  /** Origin of the page, which mailed links lead to and passkeys belong to. */
  publicUrl: () => string;
  passwordCodePointsMin: number;
  now: () => Date;
  logger: Pick<Logger, "warn">;
  /** Called after a commit that ended sessions or an account: the outbox has news. */
  rightsChanged: () => void;
  /** Runs work whose time nobody may measure after the answer; failures are logged. */
  defer: (work: () => Promise<void>) => void;
}

/** Who asks, as far as the connection tells: kept with sessions and audit rows. */
export interface Caller {
  ip: string | undefined;
  /** The address, or for IPv6 its /64, which is as much as one customer gets: what rates count by. */
  network: string | undefined;
  userAgent: string | undefined;
  requestId: string;
}

/** Appends to the account's own chain. Last in its transaction but for the outbox. */
export async function audit(
  tx: Transaction,
  userId: UserId,
  caller: Caller,
  event: Pick<AuditLog.AuditEvent, "action" | "at" | "before" | "after" | "target">,
): Promise<void> {
  await AuditLog.appendOfAccount(tx, userId, {
    target: { type: "user", id: userId },
    ...event,
    actorId: userId,
    requestId: caller.requestId,
    personal: personalOf(caller),
  });
}

/** What of a caller is forgotten with the account. */
export const personalOf = ({ ip, userAgent }: Caller): AuditLog.AuditPersonal => ({
  ...(ip === undefined ? {} : { ip }),
  ...(userAgent === undefined ? {} : { userAgent }),
});

/** A refusal that the owner should be able to see, written where its time tells nobody that the account exists. */
export function auditRefusal(
  { db, now, defer }: AccountServices,
  userId: UserId,
  caller: Caller,
  action: string,
): void {
  const at = now();
  defer(() => withSystem(db, (tx) => audit(tx, userId, caller, { action, at })));
}
