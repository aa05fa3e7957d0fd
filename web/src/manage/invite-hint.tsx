import { previewInvite } from "@parley/sdk/organization-client";
import type { VoiceClient } from "@parley/sdk/voice-client";
import { readInviteCode } from "./invite-link.ts";
import { useLoad } from "./use-load.ts";

/** Tells who opens an invite link without being logged in what comes next. */
export function InviteHint({ client }: { client: VoiceClient }) {
  const code = readInviteCode(location.hash);
  const { value } = useLoad(async () => (code === undefined ? undefined : previewInvite(client, code)), code);
  if (!value) return null;
  return (
    <p className="small">
      You are invited to <strong>{value.organization.name}</strong>. Log in, or register, to join.
    </p>
  );
}
