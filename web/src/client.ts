/** The page's one SDK client. Its session outlives a reload, and ends with the tab. */
import { type SessionResponse, sessionResponseSchema } from "@parley/contract/accounts";
import { VoiceClient } from "@parley/sdk/voice-client";

const STORAGE_KEY = "parley.session";

export function createClient(): VoiceClient {
  const client = new VoiceClient({ session: restoreSession() });
  client.on("session", (session) => {
    if (session) sessionStorage.setItem(STORAGE_KEY, JSON.stringify(session));
    else sessionStorage.removeItem(STORAGE_KEY);
  });
  return client;
}

function restoreSession(): SessionResponse | undefined {
  try {
    const session = sessionResponseSchema.parse(JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "null"));
    return Date.parse(session.expiresAt) > Date.now() ? session : undefined;
  } catch {
    // Nothing kept, or by another version: logging in again is all it costs.
    return undefined;
  }
}
