/** Joining a channel: may they, where is its room, and the token for it. */
import { AppError } from "@parley/contract/errors";
import type { ChannelId, OrganizationId } from "@parley/contract/ids";
import type { Assignment, JoinRequest } from "@parley/contract/join";
import type { NodeDirectory, NodeRecord } from "@parley/contract/node-directory";
import { CONNECT, has, MANAGE_CHANNEL, VIEW } from "@parley/contract/permissions";
import type { Database } from "@parley/db/client";
import * as Channels from "@parley/db/queries/channels";
import type { ActiveSession } from "@parley/db/queries/sessions";
import * as VoiceRooms from "@parley/db/queries/voice-rooms";
import { type RowsOf, read } from "@parley/db/reading";
import { readOrg, withOrg } from "@parley/db/scope";
import type { SigningKeys } from "../keys.ts";
import * as JoinToken from "./join-token.ts";
import type { PasswordQueue } from "./password-queue.ts";
import type { RateLimits } from "./rate-limits.ts";
import * as Rights from "./rights.ts";

interface Services {
  db: Database;
  directory: NodeDirectory;
  keys: SigningKeys;
  passwords: PasswordQueue;
  limits: RateLimits;
  now: () => Date;
}

export interface JoinInput extends JoinRequest {
  session: ActiveSession;
  orgId: OrganizationId;
  channelId: ChannelId;
}

type Place = {
  phase: "placed";
  rights: Rights.ChannelRights;
  channel: Channels.Channel;
  node: NodeRecord;
  fence: number;
};

type Entry =
  | Place
  | { phase: "password"; passwordHash: string }
  | { phase: "quota"; voicesMax: number }
  | { phase: "overtaken" };

/** What was shown outside of the transaction that asked for it. */
interface Shown {
  passwordHash?: string;
  hasPlace?: boolean;
}

/** Enough for a password to be proven and for losing the race to place a room, twice each, and for a place. */
const ATTEMPTS_MAX = 6;

/**
 * Throws `not_found` for what the caller can't see, `forbidden`, `channel_password_required`,
 * `channel_password_wrong`, `rate_limited`, `quota_exceeded`, or `unavailable` when no node is ready.
 */
export async function join(services: Services, input: JoinInput): Promise<Assignment> {
  await services.limits.take("join", input.session.user.id);
  const nodes = (await services.directory.listNodes()).filter((node) => node.state === "ready");
  const shown: Shown = {};
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const entry = await enter(services, input, nodes, shown);
    if (entry.phase === "placed") return assign(services, input, entry);
    if (entry.phase === "quota") {
      await reserveVoice(services.directory, input, entry.voicesMax);
      shown.hasPlace = true;
    }
    // Argon2 takes tens of milliseconds: not inside a transaction. The next one sees whether it still counts.
    if (entry.phase === "password") {
      await provePassword(services, entry.passwordHash, input);
      shown.passwordHash = entry.passwordHash;
    }
  }
  throw new AppError("unavailable");
}

/** Most rooms have their place: seeing that takes one round trip. Else they get it in a transaction. */
async function enter(
  { db, now }: Services,
  input: JoinInput,
  nodes: readonly NodeRecord[],
  shown: Shown,
): Promise<Entry> {
  const at = now();
  const rows = await readOrg(db, input.orgId, ...readingsOf(input, at));
  const checked = check(rows, input, nodes, shown, at);
  if (checked.phase !== "unplaced") return checked;
  return withOrg(db, input.orgId, async (tx): Promise<Entry> => {
    // What was seen before may be over: the room is placed for rights that hold in this transaction.
    const entry = check(await read(tx, ...readingsOf(input, at)), input, nodes, shown, at);
    if (entry.phase !== "unplaced") return entry;
    const { rights, channel, node, seen } = entry;
    const { orgId, channelId } = input;
    const fence = await VoiceRooms.place(tx, { orgId, channelId, node, seen, now: at });
    return fence === undefined ? { phase: "overtaken" } : { phase: "placed", rights, channel, node, fence };
  });
}

const readingsOf = ({ session, orgId, channelId }: JoinInput, now: Date) =>
  [
    ...Rights.channelReadings({ orgId, userId: session.user.id, now }, channelId),
    Channels.one({ orgId, id: channelId }),
    VoiceRooms.lease({ orgId, channelId }),
  ] as const;

/** A place that was found good, but for the room's not being there. */
type Unplaced = Omit<Place, "phase" | "fence"> & { phase: "unplaced"; seen: VoiceRooms.Lease | undefined };

function check(
  [member, path, entries, [channel], [seen]]: RowsOf<ReturnType<typeof readingsOf>>,
  { session, orgId, channelId }: JoinInput,
  nodes: readonly NodeRecord[],
  shown: Shown,
  now: Date,
): Entry | Unplaced {
  const asker = { orgId, userId: session.user.id, now };
  const rights = Rights.toChannel([member, path, entries], asker, channelId);
  if (!channel || !has(rights.permissions, VIEW)) throw new AppError("not_found");
  if (!has(rights.permissions, CONNECT)) throw new AppError("forbidden");
  const { passwordHash } = channel;
  if (
    passwordHash !== null &&
    passwordHash !== shown.passwordHash &&
    !has(rights.permissions, MANAGE_CHANNEL)
  ) {
    return { phase: "password", passwordHash };
  }
  const { voicesMax } = rights.member;
  if (voicesMax > 0 && !shown.hasPlace) return { phase: "quota", voicesMax };
  const node = chooseNode(nodes, seen);
  const placed = { rights, channel, node };
  return seen && isOn(seen, node)
    ? { phase: "placed", ...placed, fence: seen.fence }
    : { phase: "unplaced", ...placed, seen };
}

/** The organisation's quota of people in voice, the caller not counted: they may be moving. */
async function reserveVoice(
  directory: NodeDirectory,
  { orgId, session }: JoinInput,
  voicesMax: number,
): Promise<void> {
  if (await directory.reserveVoice(orgId, session.user.id, voicesMax)) return;
  const detail = "The organisation has as many people in voice as it may. Try again when somebody has left.";
  throw new AppError("quota_exceeded", { detail });
}

/** A room stays where it is while that start of its node is ready; else the emptiest node takes it. */
function chooseNode(nodes: readonly NodeRecord[], lease: VoiceRooms.Lease | undefined): NodeRecord {
  const current = nodes.find((node) => lease && isOn(lease, node));
  const chosen = current ?? nodes.toSorted((a, b) => a.participants - b.participants)[0];
  if (!chosen) throw new AppError("unavailable", { detail: "No media node is ready. Try again shortly." });
  return chosen;
}

const isOn = (lease: VoiceRooms.Lease, node: NodeRecord): boolean =>
  node.id === lease.nodeId && node.bootEpoch === lease.bootEpoch;

async function provePassword(
  { passwords, limits }: Services,
  passwordHash: string,
  { session, channelId, password }: JoinInput,
): Promise<void> {
  if (password === undefined) throw new AppError("channel_password_required");
  const guesser = `${session.user.id} ${channelId}`;
  await limits.take("channelPassword", guesser);
  const matches = await passwords.verify(passwordHash, password.normalize("NFC"));
  if (!matches) throw new AppError("channel_password_wrong");
  await limits.forgive("channelPassword", guesser);
}

async function assign(
  { keys, now }: Services,
  { session, orgId, channelId }: JoinInput,
  { rights, channel, node, fence }: Place,
): Promise<Assignment> {
  const permissions = rights.permissions.toString();
  const claims = {
    sub: session.user.id,
    sid: session.id,
    org: orgId,
    ch: channelId,
    name: rights.member.nickname ?? session.user.username,
    fence,
    perm: permissions,
    pv: rights.member.permissionVersion,
    limit: channel.userLimit,
  };
  const { token, expiresAt } = JoinToken.sign(keys.join, node, claims, now());
  return {
    room: { organizationId: orgId, channelId },
    node: { id: node.id, region: node.region, url: node.url },
    token,
    expiresAt: expiresAt.toISOString(),
    fence,
    permissions,
  };
}
