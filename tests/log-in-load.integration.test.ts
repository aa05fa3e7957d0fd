/** Log-ins as strangers see them: what their time tells, and what they leave of the server to others. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "./support/server.ts";

const PAIRS = 60;
const AT_ONCE = 200;
const HEALTH_MS_MAX = 1_000;

let server: TestServer;
beforeAll(async () => {
  // Each request says where it comes from, so that rates per address don't count.
  server = await startTestServer({ TRUSTED_PROXY_HOPS: "1" });
});
afterAll(() => server.stop());

let callers = 0;
async function logIn(username: string, password: string): Promise<number> {
  callers++;
  const response = await fetch(new URL("/v1/auth/login", server.origin), {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-forwarded-for": `10.1.${callers >> 8}.${callers & 255}`,
    },
    body: JSON.stringify({ username, password }),
  });
  await response.text();
  return response.status;
}

/** How long a wrong password takes, in milliseconds, and what it leaves undone ended with it. */
async function timeOf(username: string): Promise<number> {
  const startedAtMs = performance.now();
  expect(await logIn(username, "not the password")).toBe(401);
  const tookMs = performance.now() - startedAtMs;
  // Behind the deferred work of a known name in the one queue of the database.
  await fetch(new URL("/readyz", server.origin));
  return tookMs;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

// The bound of 5 ms stands in `npm run bench:api`, which fails beyond it; here a busy machine must not make it red, and
// the missing hash, which is nearly all of the time, must.
test("an unknown name takes as long as a wrong password", { timeout: 300_000 }, async () => {
  const known: number[] = [];
  const unknown: number[] = [];
  for (let n = 0; n < PAIRS; n++) {
    const turns = [
      async () => known.push(await timeOf("alice")),
      async () => unknown.push(await timeOf(`nobody${n}`)),
    ];
    for (const turn of n % 2 === 0 ? turns : turns.reverse()) await turn();
  }
  const [knownMs, unknownMs] = [median(known), median(unknown)];
  expect(
    Math.abs(unknownMs - knownMs) / knownMs,
    `${knownMs} ms known, ${unknownMs} ms unknown`,
  ).toBeLessThan(0.3);
});

// The bound of 50 ms stands in `npm run bench:api`, for the same reason. A health check that waits for its turn behind
// two hundred hashes takes longer than a second.
test("health is answered at once while two hundred log-ins wait for their turn", async () => {
  let answered = 0;
  const logIns = Array.from({ length: AT_ONCE }, async () => {
    const status = await logIn("alice", "alice123");
    answered++;
    return status;
  });
  // From the first answer on the queue is full.
  await Promise.any(logIns);
  const healthMs: number[] = [];
  while (answered < AT_ONCE) {
    const startedAtMs = performance.now();
    expect((await fetch(new URL("/healthz", server.origin))).status).toBe(200);
    healthMs.push(performance.now() - startedAtMs);
  }
  expect(new Set(await Promise.all(logIns))).toEqual(new Set([200]));
  expect(healthMs.length).toBeGreaterThan(10);
  expect(Math.max(...healthMs)).toBeLessThan(HEALTH_MS_MAX);
});
