import type { Channel } from "@parley/contract/channels";
import { Banner, type BannerAction } from "./banner.tsx";
import type { Joining } from "./use-join.ts";

/** Failures of the microphone that listening doesn't need. */
const LISTENING_HELPS: ReadonlySet<string> = new Set([
  "microphone_denied",
  "microphone_missing",
  "microphone_busy",
  "insecure_origin",
]);

interface JoinBannerProps {
  joining: Joining;
  /** Wants to know why they can't enter. */
  onWhy(channel: Channel): void;
}

export function JoinBanner({ joining, onWhy }: JoinBannerProps) {
  if (!joining.problem) return null;
  const { error, attempt } = joining.problem;
  const actions: BannerAction[] = [];
  if (attempt) {
    if (error.code === "forbidden") actions.push({ label: "Why?", run: () => onWhy(attempt.channel) });
    actions.push({ label: "Join again", run: () => joining.join(attempt) });
    if (LISTENING_HELPS.has(error.code)) {
      actions.push({
        label: "Join and only listen",
        run: () => joining.join({ ...attempt, listenOnly: true }),
      });
    }
  }
  return <Banner text={error.message} actions={actions} onDismiss={joining.dismiss} />;
}
