import type { Channel } from "@parley/contract/channels";

/** Channels to choose from, each as deep as it stands in the tree: names repeat. */
export function ChannelOptions({ of, within }: { of: readonly Channel[]; within: readonly Channel[] }) {
  const byId = new Map(within.map((channel) => [channel.id, channel]));
  const depthOf = ({ parentId }: Channel): number => {
    const parent = parentId === null ? undefined : byId.get(parentId);
    return parent ? 1 + depthOf(parent) : 0;
  };
  return of.map((channel) => (
    <option key={channel.id} value={channel.id}>
      {"\u2003".repeat(depthOf(channel))}
      {channel.name}
    </option>
  ));
}
