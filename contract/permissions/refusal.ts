/** Why a change or an action is refused, and the sentence that says so. */
import type { ChannelId, UserId } from "../ids.ts";
import { namesOf } from "./names.ts";

export type Refusal =
  /** The right to do this at all. A channel that the actor can't see is for them as if it weren't there. */
  | { kind: "permission_missing"; bits: bigint; channelId: ChannelId | null }
  | { kind: "rank_too_low" }
  | { kind: "owner_untouchable" }
  | { kind: "owner_only" }
  /** Administrators are above time-outs. */
  | { kind: "administrator_untouchable" }
  | { kind: "everyone_fixed" }
  /** The change touches bits that the actor doesn't hold; null stands for the organisation. */
  | { kind: "bits_not_held"; bits: bigint; channelId: ChannelId | null }
  /** Somebody, maybe the actor, would be able to do what the actor can't do there. */
  | { kind: "would_gain"; userId: UserId; bits: bigint; channelId: ChannelId }
  | { kind: "target_cannot_connect" }
  /** The channel would vanish for the one who makes or moves it. */
  | { kind: "actor_would_not_see" };

/** For people: what stands in the way, without naming channels or members that they may not see. */
export function refusalWords(refusal: Refusal): string {
  switch (refusal.kind) {
    case "permission_missing":
      return `You need the permission ${words(refusal.bits)}${refusal.channelId === null ? "" : " in this channel"}.`;
    case "rank_too_low":
      return "You can act only on members and roles that stand below your own highest role.";
    case "owner_untouchable":
      return "Nobody can do this to the owner. Ownership has to be handed over first.";
    case "owner_only":
      return "Only the owner can do this.";
    case "administrator_untouchable":
      return "A time-out doesn't stop an administrator. Take that role away first.";
    case "everyone_fixed":
      return "The role everyone always stays, at the bottom, with every member.";
    case "bits_not_held":
      return refusal.channelId === null
        ? `You can't change ${words(refusal.bits)}, which you don't hold yourself.`
        : `You can't change ${words(refusal.bits)}, which you don't hold yourself in each channel that this affects.`;
    case "would_gain":
      return `This would give somebody ${words(refusal.bits)} in a place where you don't hold it yourself.`;
    case "target_cannot_connect":
      return "They may not connect to that channel, and you don't manage it.";
    case "actor_would_not_see":
      return "You wouldn't see the channel there yourself. Choose another place, or have somebody let you see channels below it.";
  }
}

const words = (bits: bigint): string =>
  namesOf(bits)
    .map(({ name }) => `“${name}”`)
    .join(", ");
