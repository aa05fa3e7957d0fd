/**
 * The directory is what the control plane and the nodes know of each other: heartbeats and presence. It is
 * soft state; all of it can be lost and is rebuilt from heartbeats. `standalone` keeps it in the process.
 */
import type { Present } from "./channels.ts";
import type { NodeId, OrganizationId, UserId } from "./ids.ts";
import { CLOCK_TOLERANCE_SECONDS, JOIN_TOKEN_LIFETIME_SECONDS } from "./limits.ts";

export interface NodeRecord {
  id: NodeId;
  /** New at each start of the node, so that tokens for an earlier one are refused. */
  bootEpoch: number;
  region: string;
  /** Where clients open the signalling WebSocket: an absolute ws(s) URL, or a path on the asked origin. */
  url: string;
  state: "starting" | "ready" | "draining" | "stopped";
  participants: number;
}

/** A place ends by itself when nobody came by the token that it was given with, and as soon as they have arrived. */
export const VOICE_RESERVATION_MS = (JOIN_TOKEN_LIFETIME_SECONDS + CLOCK_TOLERANCE_SECONDS) * 1000;

export interface NodeDirectory {
  /** A node says how it is; the latest word counts. */
  heartbeat(node: NodeRecord): Promise<void>;
  findNode(id: NodeId): Promise<NodeRecord | undefined>;
  listNodes(): Promise<NodeRecord[]>;
  /** Replaces what is known of who is in an organisation's rooms on one node. */
  setPresence(nodeId: NodeId, organizationId: OrganizationId, present: Present[]): Promise<void>;
  listPresence(organizationId: OrganizationId): Promise<Present[]>;
  /**
   * Keeps a place in voice for somebody who was let in and hasn't arrived yet. Counted are all who are there or
   * have a place, each once and the asker not, in one atomic step. False when these are `voicesMax` already.
   */
  reserveVoice(organizationId: OrganizationId, userId: UserId, voicesMax: number): Promise<boolean>;
}
