/** The node directory of a single process: what Redis holds in a cluster. */
import type { Present } from "@parley/contract/channels";
import type { NodeId, OrganizationId, UserId } from "@parley/contract/ids";
import { type NodeDirectory, type NodeRecord, VOICE_RESERVATION_MS } from "@parley/contract/node-directory";

export function createMemoryDirectory(clockMs = () => performance.now()): NodeDirectory {
  const nodes = new Map<NodeId, NodeRecord>();
  const presence = new Map<string, { organizationId: OrganizationId; present: Present[] }>();
  const reservations = new Map<OrganizationId, Map<UserId, { endsAtMs: number }>>();

  const presentIn = (organizationId: OrganizationId): Present[] =>
    [...presence.values()]
      .filter((entry) => entry.organizationId === organizationId)
      .flatMap((entry) => entry.present);

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
      const before = new Set(presence.get(key)?.present.map(stayOf));
      const reserved = reservations.get(organizationId);
      for (const entry of present) if (!before.has(stayOf(entry))) reserved?.delete(entry.userId);
      if (present.length === 0) presence.delete(key);
      else presence.set(key, { organizationId, present });
    },
    async listPresence(organizationId) {
      return presentIn(organizationId);
    },
    async reserveVoice(organizationId, userId, voicesMax) {
      const nowMs = clockMs();
      const reserved = reservations.get(organizationId) ?? new Map<UserId, { endsAtMs: number }>();
      for (const [id, { endsAtMs }] of reserved) if (endsAtMs <= nowMs) reserved.delete(id);
      const others = new Set([...reserved.keys(), ...presentIn(organizationId).map((entry) => entry.userId)]);
      others.delete(userId);
      const isFree = others.size < voicesMax;
      if (isFree) reserved.set(userId, { endsAtMs: nowMs + VOICE_RESERVATION_MS });
      if (reserved.size > 0) reservations.set(organizationId, reserved);
      else reservations.delete(organizationId);
      return isFree;
    },
  };
}

/** Another one at each arrival, so that who moves from channel to channel keeps the place on the way. */
const stayOf = ({ channelId, participantId }: Present): string => `${channelId}/${participantId}`;
