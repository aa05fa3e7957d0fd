/** The operators' load tester, against a server of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestServer, type TestServer } from "./support/server.ts";

const SCRIPT = resolve(import.meta.dirname, "../bench/load-test.ts");

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ JOINS_PER_MINUTE: "1000" });
});
afterAll(() => server.stop());

async function loadTest(...options: string[]) {
  const child = spawn(process.execPath, [SCRIPT, "--url", server.origin, ...options]);
  const exited = once(child, "exit");
  const [out, progress] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: (await exited)[0] as number, out, progress };
}

it("joins, talks, and tells what was heard", async () => {
  const options = ["--publishers", "2", "--subscribers", "3", "--seconds", "2"];
  const { code, out, progress } = await loadTest(...options, "--json");
  const told = JSON.parse(out) as Record<string, number>;
  expect(told).toMatchObject({ joined: 5, packetsLost: 0 });
  // Two who talk for two seconds, 50 packets each, heard by four others each.
  expect(told.packetsSent).toBeGreaterThan(150);
  expect(told.packetsReceived).toBeGreaterThan(600);
  expect(told.delayMsP50).toBeGreaterThan(0);
  expect(told.delayMsP99).toBeGreaterThanOrEqual(told.delayMsP50 ?? Number.NaN);
  expect(told.serverCoresUsed).toBeGreaterThan(0);
  expect(progress).toContain("joined");
  expect(code).toBe(0);
});

it("says what is wrong, and exits with 2, where nothing can be done", async () => {
  const wrong = await loadTest("--publishers", "none");
  expect([wrong.code, wrong.progress]).toEqual([2, expect.stringContaining("--publishers")]);
  const refused = await loadTest("--password", "not the password", "--seconds", "1");
  expect([refused.code, refused.out]).toEqual([2, ""]);
  expect(refused.progress).toMatch(/^load-test: .+/m);
});
