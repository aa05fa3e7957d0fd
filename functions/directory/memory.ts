/** The node directory of a single process: what Redis holds in a cluster. */
import type { Present } from "@parley/contract/channels";
import type { NodeId, OrganizationId } from "@parley/contract/ids";
import type { NodeDirectory, NodeRecord } from "@parley/contract/node-directory";

export function createMemoryDirectory(): NodeDirectory {
  const nodes = new Map<NodeId, NodeRecord>();
  const presence = new Map<string, { organizationId: OrganizationId; present: Present[] }>();

  return {
    async heartbeat(node) {
      if (node.state === "stopped") nodes.delete(node.id);
      else nodes.set(node.id, node);
    },
    async findNode(id) {
      return nodes.get(id);
    },
    async listNodes() {
      return [...nodes.values()];
    },
    async setPresence(nodeId, organizationId, present) {
      const key = `${nodeId}/${organizationId}`;
      if (present.length === 0) presence.delete(key);
      else presence.set(key, { organizationId, present });
    },
    async listPresence(organizationId) {
      return [...presence.values()]
        .filter((entry) => entry.organizationId === organizationId)
        .flatMap((entry) => entry.present);
    },
  };
}
