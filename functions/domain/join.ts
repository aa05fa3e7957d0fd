/** Joining a channel: may they, where is its room, and the token for it. */
import { AppError } from "@parley/contract/errors";
import type { ChannelId, OrganizationId } from "@parley/contract/ids";
import type { Assignment, JoinRequest } from "@parley/contract/join";
import type { NodeDirectory, NodeRecord } from "@parley/contract/node-directory";
import { CONNECT, has, MANAGE_CHANNEL, VIEW } from "@parley/contract/permissions";
import type { Database, Transaction } from "@parley/db/client";
import * as Channels from "@parley/db/queries/channels";
import type { ActiveSession } from "@parley/db/queries/sessions";
import * as VoiceRooms from "@parley/db/queries/voice-rooms";
import { withOrg } from "@parley/db/scope";
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

type ChannelRights = Awaited<ReturnType<typeof Rights.readChannel>>;

type Entry =
  | { phase: "placed"; rights: ChannelRights; channel: Channels.Channel; node: NodeRecord; fence: number }
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
    const entry = await withOrg(services.db, input.orgId, (tx) =>
      enter(tx, input, nodes, shown, services.now()),
    );
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

/** Checks everything and places the room, in one transaction. */
async function enter(
  tx: Transaction,
  { session, orgId, channelId }: JoinInput,
  nodes: readonly NodeRecord[],
  shown: Shown,
  now: Date,
): Promise<Entry> {
  const rights = await Rights.readChannel(tx, { orgId, userId: session.user.id, now }, channelId);
  const channel = await Channels.find(tx, orgId, channelId);
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
  const seen = await VoiceRooms.find(tx, orgId, channelId);
  const node = chooseNode(nodes, seen);
  const fence = await VoiceRooms.place(tx, { orgId, channelId, node, seen, now });
  return fence === undefined ? { phase: "overtaken" } : { phase: "placed", rights, channel, node, fence };
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
  const current = nodes.find((node) => node.id === lease?.nodeId && node.bootEpoch === lease.bootEpoch);
  const chosen = current ?? nodes.toSorted((a, b) => a.participants - b.participants)[0];
  if (!chosen) throw new AppError("unavailable", { detail: "No media node is ready. Try again shortly." });
  return chosen;
}

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
  { rights, channel, node, fence }: Extract<Entry, { phase: "placed" }>,
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
