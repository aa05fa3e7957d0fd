/** Who is in a room, as the node's own thread knows it; the voices are in the thread that the room is pinned to. */
import type { ChannelId, OrganizationId, ParticipantId } from "@parley/contract/ids";
import type { Participant } from "@parley/contract/signal";
import type { VoiceThread } from "./threads/voice-thread.ts";

export class RoomRoster {
  readonly organizationId: OrganizationId;
  readonly channelId: ChannelId;
  readonly thread: VoiceThread;
  /** The highest fence that a token named; lower ones are of a placement that is over. */
  fence: number;
  /** People who were sent here and whose media is being agreed. */
  arriving = 0;
  readonly #participants = new Map<ParticipantId, Participant>();

  constructor(options: {
    organizationId: OrganizationId;
    channelId: ChannelId;
    fence: number;
    thread: VoiceThread;
  }) {
    this.organizationId = options.organizationId;
    this.channelId = options.channelId;
    this.fence = options.fence;
    this.thread = options.thread;
  }

  get size(): number {
    return this.#participants.size;
  }

  participants(): Participant[] {
    return [...this.#participants.values()];
  }

  has(id: ParticipantId): boolean {
    return this.#participants.has(id);
  }

  add(participant: Participant): void {
    this.#participants.set(participant.id, participant);
  }

  /** False when that is so already. */
  setMuted(id: ParticipantId, muted: boolean): boolean {
    const participant = this.#participants.get(id);
    if (!participant || participant.muted === muted) return false;
    this.#participants.set(id, { ...participant, muted });
    return true;
  }

  remove(id: ParticipantId): void {
    this.#participants.delete(id);
  }
}
