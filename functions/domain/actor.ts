/** Who asks for a change in an organisation, and from where: for their rights and for the audit log. */
import type { OrganizationId, SessionId, UserId } from "@parley/contract/ids";

export interface Actor {
  orgId: OrganizationId;
  userId: UserId;
  username: string;
  sessionId: SessionId;
  /** When they last proved their password. */
  authenticatedAt: Date;
  now: Date;
  requestId: string;
  ip: string | undefined;
  userAgent: string | undefined;
}
