/**
 * The directory is what the control plane and the nodes know of each other: heartbeats and presence. It is
 * soft state; all of it can be lost and is rebuilt from heartbeats. `standalone` keeps it in the process.
 */
import type { Present } from "./channels.ts";
import type { NodeId, OrganizationId } from "./ids.ts";

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

export interface NodeDirectory {
  /** A node says how it is; the latest word counts. */
  heartbeat(node: NodeRecord): Promise<void>;
  findNode(id: NodeId): Promise<NodeRecord | undefined>;
  listNodes(): Promise<NodeRecord[]>;
  /** Replaces what is known of who is in an organisation's rooms on one node. */
  setPresence(nodeId: NodeId, organizationId: OrganizationId, present: Present[]): Promise<void>;
  listPresence(organizationId: OrganizationId): Promise<Present[]>;
}
