/**
 * What carries voice: rooms with their transports, all in one thread. The node's own thread speaks to it by
 * numbered stays, so that it doesn't matter whether the rooms are in this thread or in a worker.
 */
import type { Socket as TcpSocket } from "node:net";
import type { ChannelId, OrganizationId } from "@parley/contract/ids";
import type { NodeMessage, Participant } from "@parley/contract/signal";
import type { ThreadCounts } from "./thread-counts.ts";

/** Who comes into which room. */
export interface Entering extends VoiceRights {
  organizationId: OrganizationId;
  channelId: ChannelId;
  participant: Participant;
}

/** What of a member's permissions voice depends on. */
export interface VoiceRights {
  canSpeak: boolean;
  isPriority: boolean;
}

export interface VoiceThreadEvents {
  /** The same message for each of the stays. */
  onMessage(stays: readonly number[], message: NodeMessage): void;
  /** The media side of a stay is gone, once; the stay must still be left. */
  onLost(stay: number): void;
  /** A handshake is done, and how long it took from the answer on. */
  onConnected(handshakeMs: number): void;
  onBug(error: unknown): void;
}

export interface VoiceThread {
  /** False while it can't take anybody. */
  readonly isOpen: boolean;
  /** Answers an offer for a new stay with these addresses as candidates. Throws AppError `sdp_invalid`, `sdp_without_audio`, `node_full` or `unavailable`. */
  accept(
    stay: number,
    sdp: string,
    addresses: readonly string[],
  ): Promise<{ answer: string; voices: number }>;
  enter(stay: number, entering: Entering): void;
  mute(stay: number, muted: boolean): void;
  /** Counts from the next packet on. */
  setRights(stay: number, rights: VoiceRights): void;
  /** Ends a stay, wherever it is. Leaving twice is fine. */
  leave(stay: number): void;
  /** A connection to the node's own port that speaks framed STUN. */
  acceptTcp(socket: TcpSocket, head: Buffer): void;
  counts(): Promise<ThreadCounts>;
  close(): Promise<void>;
}
