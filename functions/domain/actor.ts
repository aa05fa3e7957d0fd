/** Who asks for a change in an organisation, and from where: for their rights and for the audit log. */
import { AppError } from "@parley/contract/errors";
import type { OrganizationId, UserId } from "@parley/contract/ids";
import { RECENT_LOGIN_SECONDS_MAX } from "@parley/contract/limits";

export interface Actor {
  orgId: OrganizationId;
  userId: UserId;
  username: string;
  /** When they last proved their password. */
  authenticatedAt: Date;
  now: Date;
  requestId: string;
  ip: string | undefined;
  userAgent: string | undefined;
}

/** Throws `recent_login_required`. */
export function assertRecentLogin({ authenticatedAt, now }: Pick<Actor, "authenticatedAt" | "now">): void {
  const ageMs = now.getTime() - authenticatedAt.getTime();
  if (ageMs > RECENT_LOGIN_SECONDS_MAX * 1000) throw new AppError("recent_login_required");
}
