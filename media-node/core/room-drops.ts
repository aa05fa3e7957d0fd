/**
 * Why packets of talkers, or their copies for some listener, were not sent on: one for all rooms of a thread. Plain
 * numbers, since a packet counts here.
 */
export class RoomDrops {
  /** The talker may not speak. */
  forbidden = 0;
  muted = 0;
  /** More people talked than there are voices, and this one was heard least. */
  unselected = 0;
  /** The node can't carry everybody. */
  shed = 0;
  /** A copy for somebody who negotiated fewer voices. */
  beyondVoices = 0;
  /** A copy that came too late for its place in the stream. */
  late = 0;

  /** By the reason's name in metrics. */
  snapshot(): Record<string, number> {
    return {
      room_forbidden: this.forbidden,
      room_muted: this.muted,
      room_unselected: this.unselected,
      room_shed: this.shed,
      room_beyond_voices: this.beyondVoices,
      room_late: this.late,
    };
  }
}
