/**
 * The page's one SDK client. Its access token lives in memory alone; the refresh token is in a cookie that no
 * script reads, so a reload asks the server who is logged in here.
 */
import { VoiceClient } from "@parley/sdk/voice-client";

/** Whether asking is worth it: says nothing of who. */
const HINT_KEY = "parley.logged-in";

export function createClient(): VoiceClient {
  const client = new VoiceClient();
  client.on("session", (session) => {
    if (session) localStorage.setItem(HINT_KEY, "yes");
    else localStorage.removeItem(HINT_KEY);
  });
  return client;
}

export const mayHaveSession = (): boolean => localStorage.getItem(HINT_KEY) !== null;

/** The browser has no session any more, without one having ended here. */
export const forgetSession = (): void => localStorage.removeItem(HINT_KEY);
