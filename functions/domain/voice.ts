/** Moderation of people who are in voice. */
import { AppError } from "@parley/contract/errors";
import type { UserId } from "@parley/contract/ids";
import type { NodeDirectory } from "@parley/contract/node-directory";
import * as Permissions from "@parley/contract/permissions";
import type { Actor } from "./actor.ts";
import { activePerson, intentOn } from "./members.ts";
import { type ChangeServices, changeOrganization, type Done } from "./organization-change.ts";
import * as Rights from "./rights.ts";

/**
 * Takes a member out of voice; they may come back. Needs MOVE_MEMBERS in the channel where they are, and the
 * rank. Throws `not_found` for who is in no channel that the actor sees.
 */
export async function disconnect(
  services: ChangeServices & { directory: NodeDirectory },
  actor: Actor,
  userId: UserId,
): Promise<void> {
  const present = await services.directory.listPresence(actor.orgId);
  const places = present.filter((entry) => entry.userId === userId).map(({ channelId }) => channelId);
  await changeOrganization(
    services,
    actor,
    intentOn("voice.disconnect", userId),
    async (state): Promise<Done<void>> => {
      const { member } = await activePerson(state, userId);
      const { permissions: tree } = await Rights.readTree(state.tx, actor);
      const seen = places.filter((id) => (tree.get(id) ?? 0n) !== 0n);
      if (seen.length === 0) throw new AppError("not_found");
      for (const channelId of seen) {
        if (Permissions.has(tree.get(channelId) ?? 0n, Permissions.MOVE_MEMBERS)) continue;
        state.refuse({ kind: "permission_missing", bits: Permissions.MOVE_MEMBERS, channelId });
      }
      if (member.isOwner) state.refuse({ kind: "owner_untouchable" });
      if (!Permissions.outranks(state.roles, state.member, member)) state.refuse({ kind: "rank_too_low" });
      return {
        value: undefined,
        audit: { before: { channelIds: seen } },
        authz: seen.map((channelId) => ({ kind: "disconnected" as const, userId, channelId })),
      };
    },
  );
}
