import { has, SPEAK } from "@parley/contract/permissions";
import type { VoiceClient } from "@parley/sdk/voice-client";
import { useEffect } from "react";
import { LeaveIcon, MicIcon, MicOffIcon } from "./icons.tsx";
import { useClient } from "./use-client.ts";

interface CallBarProps {
  client: VoiceClient;
  channelName: string;
  onLeave(): void;
  /** Wants to know why they can't speak. */
  onWhy(): void;
}

export function CallBar({ client, channelName, onLeave, onWhy }: CallBarProps) {
  const state = useClient(client, "state");
  const muted = useClient(client, "muted");
  const permissions = useClient(client, "permissions");
  const connected = state.phase === "connected";
  const silenced = connected && !has(permissions, SPEAK);
  const listenOnly = connected && state.listenOnly;

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "m" || event.repeat || isTyping(event)) return;
      if (!listenOnly) client.setMuted(!client.muted);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [client, listenOnly]);

  return (
    <section className="call-bar" aria-label="Call">
      <div className="call-place">
        <strong>{channelName}</strong>
        <span className="quiet small" data-phase={state.phase}>
          {connected ? (listenOnly ? "Listening only" : "Voice connected") : "Joining…"}
        </span>
      </div>
      {silenced && (
        <p role="status" className="small silenced">
          You may not speak here.{" "}
          <button type="button" className="link" onClick={onWhy}>
            Why?
          </button>
        </p>
      )}
      {!listenOnly && (
        <button
          type="button"
          className="round"
          data-muted={muted}
          aria-keyshortcuts="M"
          title={muted ? "Unmute (M)" : "Mute (M)"}
          onClick={() => client.setMuted(!muted)}
        >
          {muted ? <MicOffIcon /> : <MicIcon />}
          <span>{muted ? "Unmute" : "Mute"}</span>
        </button>
      )}
      <button type="button" className="round danger" onClick={onLeave}>
        <LeaveIcon />
        <span>Leave</span>
      </button>
    </section>
  );
}

function isTyping(event: KeyboardEvent): boolean {
  if (event.altKey || event.ctrlKey || event.metaKey) return true;
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest("input, textarea, select, dialog") !== null;
}
