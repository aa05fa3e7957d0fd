/** What an operator meets: starts, stops, kills, and starts that must be refused. */
import { once } from "node:events";
import { createServer } from "node:net";
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
});
