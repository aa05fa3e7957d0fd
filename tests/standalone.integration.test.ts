/** What an operator meets: starts, stops, kills, and starts that must be refused. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import type { SessionResponse } from "@parley/contract/accounts";
import { importKeys, publicJwks } from "@parley/functions/keys";
import { ensurePage } from "@parley/standalone/page";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { logIn, request } from "./support/api.ts";
import { scratchDirectory } from "./support/scratch.ts";
import { failToStart, type ServerProcess, startServerProcess } from "./support/server-process.ts";

let scratch: Awaited<ReturnType<typeof scratchDirectory>>;
const running = new Set<ServerProcess>();

beforeAll(async () => {
  await ensurePage(() => {});
  scratch = await scratchDirectory();
});
afterEach(async () => {
  for (const server of running) await server.end("SIGKILL");
  running.clear();
});
afterAll(() => scratch.remove());

async function start(): Promise<ServerProcess> {
  const server = await startServerProcess({ DATA_DIR: scratch.path });
  running.add(server);
  return server;
}

/** `npm run keys:rotate` on the data directory; gives what it printed. */
function rotateKeys(option?: string, input = ""): string {
  const program = resolve(import.meta.dirname, "../standalone/rotate-keys.ts");
  const words = option === undefined ? [program] : [program, option];
  const env = { ...process.env, DATA_DIR: scratch.path };
  return execFileSync(process.execPath, words, { env, input, encoding: "utf8" });
}

describe("a standalone server", () => {
  it("serves page, API and health on its one port, and ends cleanly on Ctrl-C", async () => {
    const server = await start();
    const page = await fetch(server.origin);
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(await page.text()).toContain("<title>");
    for (const path of ["/healthz", "/readyz", "/openapi.json", "/.well-known/jwks.json"])
      expect((await fetch(new URL(path, server.origin))).status, path).toBe(200);
    running.delete(server);
    expect(await server.end("SIGINT")).toBe(0);
  });

  it("killed in use keeps every account, channel and key that it acknowledged", async () => {
    const first = await start();
    const account = { username: "dora", password: "correct horse battery" };
    await request(first.origin, "POST", "/v1/auth/register", account);
    const alice = await logIn(first.origin, "alice");
    await alice.join("Lobby");
    const before = await alice.channels();
    await first.end("SIGKILL");
    running.delete(first);

    const second = await start();
    await logIn(second.origin, account.username, account.password);
    expect(await (await logIn(second.origin, "alice")).channels()).toEqual(before);
    const path = "/v1/me/organizations";
    await request(second.origin, "GET", path, undefined, alice.session.accessToken);
  });

  it("refuses a second start on the same data directory and names the holder", async () => {
    await start();
    const { code, message } = await failToStart({ DATA_DIR: scratch.path });
    expect(code).toBe(1);
    expect(message).toMatch(/is in use by the process with pid \d+\. Stop it, or choose another DATA_DIR/);
  });

  it("says what to do when its port is taken, and leaves the data directory free", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const { code, message } = await failToStart({ DATA_DIR: scratch.path, PORT: String(port) });
    other.close();
    expect(code).toBe(1);
    expect(message).toContain(`Port ${port} is taken by another program. Stop that one, or choose another`);
    await start();
  });

  it("names the variable of a wrong setting", async () => {
    const { code, message } = await failToStart({ DATA_DIR: scratch.path, PORT: "seventy" });
    expect(code).toBe(1);
    expect(message).toContain("PORT");
  });

  it("signs with new keys after a rotation that nobody notices", async () => {
    const server = await start();
    const alice = await logIn(server.origin, "alice");
    const kids = async () => {
      const set = (await (await fetch(new URL("/.well-known/jwks.json", server.origin))).json()) as {
        keys: { kid: string }[];
      };
      return set.keys.map(({ kid }) => kid);
    };
    const before = await kids();
    rotateKeys();
    await expect.poll(kids, { timeout: 15_000, interval: 200 }).toHaveLength(before.length + 2);
    expect(await kids()).toEqual(expect.arrayContaining(before));
    expect((await alice.channels()).length).toBeGreaterThan(0);
  });

  it("takes none of the old keys any more after they were replaced at once, and nobody has to log in again", async () => {
    const server = await start();
    const { session } = await logIn(server.origin, "alice");
    const me = (token: string) =>
      fetch(new URL("/v1/me", server.origin), { headers: { authorization: `Bearer ${token}` } });
    expect((await me(session.accessToken)).status).toBe(200);
    rotateKeys("--at-once");
    const status = async () => (await me(session.accessToken)).status;
    await expect.poll(status, { timeout: 15_000, interval: 200 }).toBe(401);
    const body = { refreshToken: session.refreshToken };
    const again = await request<SessionResponse>(server.origin, "POST", "/v1/auth/refresh", body);
    expect((await me(again.accessToken)).status).toBe(200);
  });

  it("makes the first keys of an installation that keeps them elsewhere, and rotates them", async () => {
    const first = rotateKeys("--new");
    const read = async (json: string) => publicJwks(await importKeys(JSON.parse(json)), new Date());
    expect((await read(first)).keys.length).toBe(2);
    expect(rotateKeys("--new")).not.toBe(first);
    expect((await read(rotateKeys("--stdin", first))).keys.length).toBe(4);
  });

  it("keeps people logged in over a restart", async () => {
    const first = await start();
    const { session } = await logIn(first.origin, "bob");
    await first.end("SIGTERM");
    running.delete(first);
    const second = await start();
    const body = { refreshToken: session.refreshToken };
    const again = await request<SessionResponse>(second.origin, "POST", "/v1/auth/refresh", body);
    expect(again.sessionId).toBe(session.sessionId);
  });

  it("says at its start when the keys of a database with accounts are gone, and only then", async () => {
    const lost = /had no keys\.json: new keys were made/;
    for (const isLost of [false, true, false]) {
      if (isLost) await rm(join(scratch.path, "keys.json"));
      const server = await start();
      if (isLost) await expect.poll(() => lost.test(server.logged()), { timeout: 15_000 }).toBe(true);
      running.delete(server);
      await server.end("SIGTERM");
      expect(lost.test(server.logged())).toBe(isLost);
    }
  });

  it("asks whom mails come from where it is told how to send them", async () => {
    const { code, message } = await failToStart({ DATA_DIR: scratch.path, MAIL_URL: "smtp://127.0.0.1:25" });
    expect([code, message]).toEqual([1, expect.stringContaining("MAIL_FROM")]);
  });
});
