/**
 * The page's one SDK client. Its access token lives in memory alone; the refresh token is in a cookie that no
 * script reads, so a reload asks the server who is logged in here.
 */
import { VoiceClient } from "@parley/sdk/voice-client";

/** Whether asking is worth it: says nothing of who. */
const HINT_KEY = "parley.logged-in";

/** The server was away when somebody logged out here: its cookie must not bring them back. */
const LOGGED_OUT_KEY = "parley.logged-out";
let finishing = false;
let leaving = false;

export function createClient(): VoiceClient {
  const client = new VoiceClient();
  client.on("session", (session) => {
    if (session) leaving = false;
    if (session) localStorage.setItem(HINT_KEY, "yes");
    else localStorage.removeItem(HINT_KEY);
    // Whoever has logged in since is here to stay.
    if (session && !finishing) localStorage.removeItem(LOGGED_OUT_KEY);
  });
  return client;
}

export async function logOut(client: VoiceClient): Promise<void> {
  // Before the request: the page may be closed while it is on its way.
  localStorage.setItem(LOGGED_OUT_KEY, "yes");
  await leaveBy(async () => {
    if (await client.logout()) localStorage.removeItem(LOGGED_OUT_KEY);
  });
}

/** Ends what an earlier log-out couldn't. Rejects with a ParleyError while the server is still away. */
export async function finishLogOut(client: VoiceClient): Promise<void> {
  if (localStorage.getItem(LOGGED_OUT_KEY) === null) return;
  finishing = true;
  try {
    if (await client.restore()) await logOut(client);
    else localStorage.removeItem(LOGGED_OUT_KEY);
  } finally {
    finishing = false;
  }
}

export const hasLoggedOut = (): boolean => localStorage.getItem(LOGGED_OUT_KEY) !== null;

/** Something that ends the session here, and is meant to. */
export async function leaveBy(work: () => Promise<unknown>): Promise<void> {
  leaving = true;
  try {
    await work();
  } catch (error) {
    leaving = false;
    throw error;
  }
}

/** The last session here was ended by whoever had it. */
export const hasLeft = (): boolean => leaving;

export const mayHaveSession = (): boolean => localStorage.getItem(HINT_KEY) !== null;

/** The browser has no session any more, without one having ended here. */
export const forgetSession = (): void => localStorage.removeItem(HINT_KEY);
