/**
 * What a media node is told about rights that changed under the calls that it carries. Polling is the guarantee,
 * the push its accelerator. In one process the control plane is asked directly; in a cluster through its internal
 * API.
 */
import type { ChannelId, OrganizationId, SessionId, UserId } from "./ids.ts";

export interface AuthorizationChange {
  /** Rises with each change, in the order of their commits. */
  seq: number;
  /** `rights`: what somebody may do is to be asked anew. All others end calls. */
  /** When it was decided, by the clock that join tokens are dated by. */
  at: Date;
  kind: "kicked" | "banned" | "rights" | "disconnected" | "session" | "account" | "channel" | "organization";
  orgId: OrganizationId;
  /** Null means everybody in the organisation, or in the channel. */
  userId: UserId | null;
  channelId: ChannelId | null;
  sessionId: SessionId | null;
  /** Join tokens of that user with a lower one are void. */
  permissionVersion: number | null;
}

/** One person in one channel. */
export interface Stay {
  channelId: ChannelId;
  userId: UserId;
}

export interface AuthorizationFeed {
  lastSeq(): Promise<number>;
  /** Changes after a number, in order; maybe not all that there are. */
  listAfter(seq: number): Promise<AuthorizationChange[]>;
  /** What people of one organisation may do at this moment where they are, in the order asked. */
  readPermissions(orgId: OrganizationId, stays: readonly Stay[]): Promise<bigint[]>;
  /** Calls back soon after a commit that changed something; gives how to stop that. */
  onChange(listener: () => void): () => void;
}
