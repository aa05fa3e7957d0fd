/** Changes of the channel tree. A channel that the actor doesn't see is for them as if it weren't there. */
import type {
  ChannelDetail,
  CreateChannelRequest,
  MoveChannelRequest,
  UpdateChannelRequest,
} from "@parley/contract/channels";
import { AppError } from "@parley/contract/errors";
import type { ChannelId } from "@parley/contract/ids";
import * as Permissions from "@parley/contract/permissions";
import * as Rows from "@parley/db/queries/channels";
import { withOrg } from "@parley/db/scope";
import type { Actor } from "./actor.ts";
import * as ChannelTree from "./channel-tree.ts";
import {
  type ChangeServices,
  type ChangeState,
  changeOrganization,
  type Done,
} from "./organization-change.ts";
import type { PasswordQueue } from "./password-queue.ts";
import type { RateLimits } from "./rate-limits.ts";
import * as Rights from "./rights.ts";

export interface ChannelServices extends ChangeServices {
  passwords: PasswordQueue;
  limits: RateLimits;
}

/** Throws `name_taken`, `quota_exceeded`, `channel_too_deep` or `rate_limited`. */
export async function create(
  services: ChannelServices,
  actor: Actor,
  { password, ...settings }: CreateChannelRequest,
): Promise<ChannelDetail> {
  const passwordHash =
    password === undefined ? null : await hashFor(services, actor, settings.parentId, password);
  return changeOrganization(services, actor, { action: "channel.create" }, async (state) => {
    const { parentId } = settings;
    if (parentId !== null) await Rights.assertSees(state.tx, actor, parentId);
    const change = { kind: "channel_create" as const, channelId: NEW_CHANNEL, parentId };
    refuseUnseen(state, await state.judge(change), change);
    // Rights that came in between: asked again, it works.
    if (passwordHash === undefined) throw new AppError("unavailable");
    const row = await Rows.create(state.tx, actor.orgId, { ...settings, passwordHash, now: actor.now });
    return {
      value: await ChannelTree.readOne(state.tx, actor, row.id),
      audit: { target: targetOf(row.id), after: { ...settings, hasPassword: passwordHash !== null } },
    };
  });
}

/** Throws `name_taken`. */
export const update = (
  services: ChangeServices,
  actor: Actor,
  channelId: ChannelId,
  request: UpdateChannelRequest,
): Promise<ChannelDetail> =>
  changeOrganization(services, actor, intentOn("channel.update", channelId), async (state) => {
    const before = await managed(state, channelId);
    const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
    await Rows.update(state.tx, actor.orgId, channelId, given);
    const { name, topic, userLimit, bitrateBps, region } = before;
    return {
      value: await ChannelTree.readOne(state.tx, actor, channelId),
      audit: { before: { name, topic, userLimit, bitrateBps, region }, after: given },
    };
  });

/** Throws `channel_cycle`, `channel_too_deep` or `name_taken`. */
export const move = (
  services: ChangeServices,
  actor: Actor,
  channelId: ChannelId,
  { parentId, afterId }: MoveChannelRequest,
): Promise<ChannelDetail> =>
  changeOrganization(services, actor, intentOn("channel.move", channelId), async (state) => {
    const { channels, permissions } = await Rights.readTree(state.tx, actor);
    for (const id of [channelId, parentId, afterId]) {
      if (id !== null && (permissions.get(id) ?? 0n) === 0n) throw new AppError("not_found");
    }
    const before = channels.find(({ id }) => id === channelId);
    if (Permissions.wouldMakeRing(channels, channelId, parentId)) throw new AppError("channel_cycle");
    const change = { kind: "channel_move" as const, channelId, parentId };
    refuseUnseen(state, await state.judge(change), change);
    const row = await Rows.move(state.tx, actor.orgId, channelId, { parentId, after: afterId });
    if (!row) throw new AppError("not_found");
    return {
      value: await ChannelTree.readOne(state.tx, actor, row.id),
      audit: {
        before: { parentId: before?.parentId ?? null },
        after: { parentId, afterId, name: row.name },
      },
      authz: before?.parentId === parentId ? [] : [{ kind: "rights" }],
    };
  });

/** Throws `channel_has_children` where there are some and `cascade` doesn't say that they go, too. */
export const remove = (
  services: ChangeServices,
  actor: Actor,
  channelId: ChannelId,
  { cascade }: { cascade: boolean },
): Promise<void> =>
  changeOrganization(
    services,
    actor,
    intentOn("channel.delete", channelId),
    async (state): Promise<Done<void>> => {
      const { tx } = state;
      await Rights.assertSees(tx, actor, channelId);
      await state.judge({ kind: "channel_delete", channelId });
      const name = (await Rows.find(tx, actor.orgId, channelId))?.name;
      const gone = await Rows.remove(tx, actor.orgId, channelId, { cascade });
      return {
        value: undefined,
        audit: { before: { name, channelIds: gone } },
        authz: gone.map((id) => ({ kind: "channel" as const, channelId: id })),
      };
    },
  );

/**
 * Null takes the password away. Who is inside stays, unless everyone is to go; those who may can come back. Throws
 * `rate_limited`.
 */
export async function setPassword(
  services: ChannelServices,
  actor: Actor,
  channelId: ChannelId,
  { password, everyoneOut }: { password: string | null; everyoneOut: boolean },
): Promise<void> {
  const passwordHash = password === null ? null : await hashFor(services, actor, channelId, password);
  const intent = intentOn(password === null ? "channel.password_clear" : "channel.password_set", channelId);
  await changeOrganization(services, actor, intent, async (state): Promise<Done<void>> => {
    const { name } = await managed(state, channelId);
    if (passwordHash === undefined) throw new AppError("unavailable");
    await Rows.update(state.tx, actor.orgId, channelId, { passwordHash });
    return {
      value: undefined,
      audit: { before: { name }, ...(everyoneOut ? { after: { everyoneOut } } : {}) },
      authz: everyoneOut ? [{ kind: "disconnected", channelId }] : [],
    };
  });
}

/**
 * Argon2 takes tens of milliseconds and one of few places, so it comes before the organisation is locked, and only
 * for those who manage the channel (null is the top). They are asked once more under the lock.
 */
async function hashFor(
  services: ChannelServices,
  actor: Actor,
  channelId: ChannelId | null,
  password: string,
): Promise<string | undefined> {
  const may = await withOrg(services.db, actor.orgId, async (tx) => {
    if (channelId === null) return Rights.holds(tx, actor, Permissions.MANAGE_CHANNEL);
    return Permissions.has(await Rights.assertSees(tx, actor, channelId), Permissions.MANAGE_CHANNEL);
  });
  // The refusal itself, with its audit row, is the change's.
  if (!may) return undefined;
  await services.limits.take("channelPasswordChange", actor.userId);
  return services.passwords.hash(password);
}

export const intentOn = <Action extends string>(action: Action, channelId: ChannelId) => ({
  action,
  target: targetOf(channelId),
});

const targetOf = (id: ChannelId) => ({ type: "channel" as const, id });

/** The guards ask nothing of the id of a channel that isn't there yet. */
const NEW_CHANNEL = "new channel" as ChannelId;

/** A channel that its maker doesn't see would be lost to them, with whatever is in it. */
function refuseUnseen(
  state: ChangeState,
  snapshot: Permissions.Snapshot,
  change: Extract<Permissions.Change, { kind: "channel_create" | "channel_move" }>,
): void {
  const { rights } = Permissions.applyChange(snapshot, change);
  if (Permissions.effective(rights, state.member, change.channelId) !== 0n) return;
  state.refuse({ kind: "actor_would_not_see" });
}

/** The channel, where the actor may change its settings. */
async function managed(state: ChangeState, channelId: ChannelId): Promise<Rows.Channel> {
  const held = await Rights.assertSees(state.tx, state.actor, channelId);
  if (!Permissions.has(held, Permissions.MANAGE_CHANNEL)) {
    state.refuse({ kind: "permission_missing", bits: Permissions.MANAGE_CHANNEL, channelId });
  }
  const row = await Rows.find(state.tx, state.actor.orgId, channelId);
  if (!row) throw new AppError("not_found");
  return row;
}
