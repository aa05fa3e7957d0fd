/**
 * Who hears a voice: where each one's copies go, and each one's stream of it. Two arrays side by side, so that a
 * packet on its way to a thousand listeners fetches nothing else of them.
 */
import type { VoiceStream } from "./voice-stream.ts";

export class Audience<Outlet> {
  readonly outlets: Outlet[] = [];
  readonly streams: VoiceStream[] = [];

  add(outlet: Outlet, stream: VoiceStream): void {
    this.outlets.push(outlet);
    this.streams.push(stream);
  }

  /** Removing what isn't there is fine. */
  remove(outlet: Outlet): void {
    const index = this.outlets.indexOf(outlet);
    if (index < 0) return;
    this.outlets.splice(index, 1);
    this.streams.splice(index, 1);
  }
}
