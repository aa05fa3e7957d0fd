/** The rooms of a node: which thread each is pinned to, who gets in, and who is there. */
import type { Present } from "@parley/contract/channels";
import { AppError } from "@parley/contract/errors";
import type { OrganizationId } from "@parley/contract/ids";
import type { JoinTokenClaims } from "@parley/contract/join";
import { PARTICIPANTS_PER_ROOM_MAX } from "@parley/contract/limits";
import { BYPASS_LIMIT, has } from "@parley/contract/permissions";
import { RoomRoster } from "./room-roster.ts";
import type { VoiceThread } from "./threads/voice-thread.ts";

export class Rooms {
  readonly #threads: readonly VoiceThread[];
  readonly #participantsMax: number;
  readonly #rooms = new Map<string, RoomRoster>();

  /** `threads` may be filled later, but before the first place. */
  constructor(options: { threads: readonly VoiceThread[]; participantsMax: number }) {
    this.#threads = options.threads;
    this.#participantsMax = options.participantsMax;
  }

  get participants(): number {
    return [...this.#rooms.values()].reduce((sum, room) => sum + room.size, 0);
  }

  /**
   * Throws `moved` for a token of an earlier placement, `node_full` where the whole node has no place,
   * `unavailable` while none of its threads runs.
   */
  place(claims: JoinTokenClaims): RoomRoster {
    const known = this.#rooms.get(keyOf(claims.org, claims.ch));
    if (known && claims.fence < known.fence) throw new AppError("moved");
    if (this.#load() >= this.#participantsMax) throw new AppError("node_full");
    const room = known ?? this.#open(claims);
    room.arriving++;
    return room;
  }

  /** Throws `moved` or `channel_full`; the place is kept then, to be abandoned. */
  enter(room: RoomRoster, claims: JoinTokenClaims): void {
    if (claims.fence < room.fence) throw new AppError("moved");
    const bypasses = has(BigInt(claims.perm), BYPASS_LIMIT);
    const ownLimit = claims.limit > 0 && !bypasses ? claims.limit : PARTICIPANTS_PER_ROOM_MAX;
    if (room.size >= Math.min(ownLimit, PARTICIPANTS_PER_ROOM_MAX)) throw new AppError("channel_full");
    room.fence = claims.fence;
    room.arriving--;
  }

  abandon(room: RoomRoster): void {
    room.arriving--;
    this.closeIfEmpty(room);
  }

  closeIfEmpty(room: RoomRoster): void {
    if (room.size === 0 && room.arriving === 0)
      this.#rooms.delete(keyOf(room.organizationId, room.channelId));
  }

  present(organizationId: OrganizationId): Present[] {
    return [...this.#rooms.values()]
      .filter((room) => room.organizationId === organizationId)
      .flatMap((room) =>
        room.participants().map((participant) => ({
          channelId: room.channelId,
          participantId: participant.id,
          userId: participant.userId,
          name: participant.name,
          muted: participant.muted,
        })),
      );
  }

  #open({ org, ch, fence }: JoinTokenClaims): RoomRoster {
    const open = this.#threads.filter((thread) => thread.isOpen);
    const loads = open.map((thread) => this.#load(thread));
    const thread = open[loads.indexOf(Math.min(...loads))];
    if (!thread) throw new AppError("unavailable");
    const room = new RoomRoster({ organizationId: org, channelId: ch, fence, thread });
    this.#rooms.set(keyOf(org, ch), room);
    return room;
  }

  /** People who are there or on their way, on one thread or all. */
  #load(thread?: VoiceThread): number {
    let load = 0;
    for (const room of this.#rooms.values())
      if (thread === undefined || room.thread === thread) load += room.size + room.arriving;
    return load;
  }
}

const keyOf = (organizationId: string, channelId: string) => `${organizationId}/${channelId}`;
