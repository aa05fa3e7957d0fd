/** What `/healthz` of a server process takes while 200 clients log in over and over. */
import { setTimeout as sleep } from "node:timers/promises";
import { ensurePage } from "@parley/standalone/page";
import { scratchDirectory } from "@parley/tests/support/scratch";
import { startServerProcess } from "@parley/tests/support/server-process";
import { startChild } from "./child-process.ts";
import { percentile } from "./percentile.ts";

const CLIENTS = 200;
const DURATION_MS = 10_000;

export async function measureHealth() {
  await ensurePage(() => {});
  const scratch = await scratchDirectory();
  // Each client has an address of its own, as 200 clients do: this trusts the header that says so.
  const server = await startServerProcess({ DATA_DIR: scratch.path, TRUSTED_PROXY_HOPS: "1" });
  const untilMs = performance.now() + DURATION_MS;
  let logins = 0;
  const client = async (n: number) => {
    while (performance.now() < untilMs) {
      const response = await fetch(`${server.origin}/v1/auth/login`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-for": `10.0.${n >> 8}.${n & 255}` },
        body: JSON.stringify({ username: "alice", password: "alice123" }),
      });
      if (response.status === 200) logins++;
      else if (response.status === 503) await sleep(Number(response.headers.get("retry-after")) * 1_000);
      else throw new Error(`${response.status} ${await response.text()}`);
      await response.body?.cancel();
    }
  };
  const prober = startChild(new URL("./health-probe-process.ts", import.meta.url));
  let ms: number[] = [];
  try {
    const probing = prober.call<number[]>("probe", { origin: server.origin, durationMs: DURATION_MS });
    [ms] = await Promise.all([probing, ...Array.from({ length: CLIENTS }, (_, n) => client(n))]);
  } finally {
    await prober.end();
    await server.end("SIGTERM");
    await scratch.remove();
  }
  return {
    healthDuringLoginsMsP50: percentile(ms, 0.5),
    healthDuringLoginsMsP99: percentile(ms, 0.99),
    loginsDuringHealth: logins,
  };
}
