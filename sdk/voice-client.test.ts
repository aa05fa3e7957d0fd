import { AppError, type ErrorCode, toProblem } from "@parley/contract/errors";
import { channelIdSchema, organizationIdSchema } from "@parley/contract/ids";
import { afterEach, expect, test, vi } from "vitest";
import { VoiceClient } from "./voice-client.ts";

const id = "01890a5d-ac96-774b-bcce-b302099a8057";
const organizationId = organizationIdSchema.parse(id);
const channelId = channelIdSchema.parse(id);
const session = {
  user: { id, username: "anna" },
  sessionId: id,
  accessToken: "token",
  expiresAt: "2030-01-01T00:00:00.000Z",
};

async function loggedIn(refusal?: ErrorCode) {
  const client = new VoiceClient({
    baseUrl: "http://parley.example",
    fetch: async (input) => {
      const { pathname } = new URL(String(input));
      if (pathname === "/v1/auth/login") return Response.json(session);
      if (pathname === "/v1/auth/logout") return new Response(null, { status: 204 });
      const problem = toProblem(new AppError(refusal ?? "not_found"), "r1");
      return Response.json(problem, { status: problem.status });
    },
  });
  await client.login("anna", "a long password");
  const loggedOut = vi.fn();
  client.on("logged-out", loggedOut);
  return { client, loggedOut };
}

afterEach(() => vi.unstubAllGlobals());

test("a refused access token ends the session once", async () => {
  const { client, loggedOut } = await loggedIn("unauthenticated");
  await expect(client.organizations()).rejects.toMatchObject({ code: "unauthenticated" });
  await expect(client.organizations()).rejects.toMatchObject({ code: "unauthenticated" });
  expect(client.session).toBeUndefined();
  expect(loggedOut).toHaveBeenCalledOnce();
});

test("other refusals keep the session", async () => {
  const { client, loggedOut } = await loggedIn("forbidden");
  await expect(client.channels(organizationId)).rejects.toMatchObject({ code: "forbidden" });
  expect(client.session).toEqual(session);
  expect(loggedOut).not.toHaveBeenCalled();
});

test("logging out ends the session", async () => {
  const { client, loggedOut } = await loggedIn();
  await client.logout();
  expect(client.session).toBeUndefined();
  expect(loggedOut).toHaveBeenCalledOnce();
});

test("a join without a microphone is refused and leaves the client idle", async () => {
  vi.stubGlobal("isSecureContext", true);
  const getUserMedia = () => Promise.reject(new DOMException("none", "NotFoundError"));
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia } });
  const { client } = await loggedIn();
  const phases: string[] = [];
  client.on("state", ({ phase }) => phases.push(phase));
  await expect(client.join({ organizationId, channelId })).rejects.toMatchObject({
    code: "microphone_missing",
  });
  expect(phases).toEqual(["joining", "idle"]);
});

test("leaving during a join cancels it and stops a microphone that opens late", async () => {
  const opened = Promise.withResolvers<unknown>();
  const track = { stop: vi.fn(), addEventListener: vi.fn(), enabled: true };
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: () => opened.promise } });
  const { client } = await loggedIn();
  const joining = client.join({ organizationId, channelId });
  client.leave();
  await expect(joining).rejects.toMatchObject({ code: "join_cancelled" });
  opened.resolve({ getAudioTracks: () => [track] });
  await vi.waitFor(() => expect(track.stop).toHaveBeenCalledOnce());
  expect(client.state).toEqual({ phase: "idle" });
});
