/**
 * An organisation's rights made ready for many questions: ids are resolved once, so that each member then
 * costs only their own entries. A snapshot: make a new one when the rows change.
 */
import type { RoleId, UserId } from "../ids.ts";
import { channelBits } from "./layer.ts";
import type { ChannelNode, OrganizationRights } from "./model.ts";
import { placeChannels } from "./tree.ts";

export interface RightsIndex {
  readonly organization: OrganizationRights;
  readonly everyoneId: RoleId | undefined;
  /** Each after its parent; other members count places in this list. */
  readonly channels: readonly ChannelNode[];
  /** Place of each channel's parent, -1 for none. */
  readonly parents: Int32Array;
  readonly entriesBySubject: ReadonlyMap<RoleId | UserId, readonly PlacedEntry[]>;
}

/** Only channel bits count in an entry, and these fit a small integer: far faster than a bigint to sum up. */
export interface PlacedEntry {
  readonly channel: number;
  readonly allow: number;
  readonly deny: number;
  readonly below: boolean;
}

/** Entries of channels that aren't given are left out. Throws when the channels aren't a tree. */
export function indexRights(organization: OrganizationRights): RightsIndex {
  const { ordered, parents, placeOf } = placeChannels(organization.channels);
  const entriesBySubject = new Map<RoleId | UserId, PlacedEntry[]>();
  for (const { channelId, subject, allow, deny, appliesTo } of organization.entries) {
    const channel = placeOf(channelId);
    if (channel === undefined) continue;
    const placed = {
      channel,
      allow: channelBits(allow),
      deny: channelBits(deny),
      below: appliesTo === "here_and_below",
    };
    const entries = entriesBySubject.get(subject.id);
    if (entries) entries.push(placed);
    else entriesBySubject.set(subject.id, [placed]);
  }
  return {
    organization,
    everyoneId: organization.roles.find((role) => role.isEveryone)?.id,
    channels: ordered,
    parents,
    entriesBySubject,
  };
}
