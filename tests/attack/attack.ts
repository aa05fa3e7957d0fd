/** What an attack is, and how its outcome is written down. */
import type { VoiceMember } from "../support/voice-member.ts";
import type { Arena } from "./arena.ts";

export interface Scene {
  arena: Arena;
  /** Two people in a room of their own who can hear each other; new for each attack. */
  victim: VoiceMember;
  listener: VoiceMember;
  /** Notes a measured fact. */
  note(fact: string): void;
  /** The attack fell through where this is false; `what` says what should have been. */
  require(holds: boolean, what: string): void;
}

export interface Attack {
  name: string;
  /** Most need a call that they try to disturb; the others take none. */
  needsCall?: false;
  run(scene: Scene): Promise<void>;
}
