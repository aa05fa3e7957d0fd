import { expect, test } from "vitest";
import { createPasswordQueue, queueOptionsFor } from "./password-queue.ts";

test("a password queue refuses beyond its bound with unavailable, and serves again once it has emptied", async () => {
  const queue = createPasswordQueue({ runningMax: 1, waitingMax: 2 });
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => queue.hash("a password")));
  expect(results.map((result) => result.status)).toEqual([
    "fulfilled",
    "fulfilled",
    "fulfilled",
    "rejected",
    "rejected",
  ]);
  expect(results[4]).toMatchObject({ reason: { code: "unavailable" } });
  const passwordHash = await queue.hash("a password");
  expect(await queue.verify(passwordHash, "a password")).toBe(true);
  expect(await queue.verify(passwordHash, "another")).toBe(false);
});

test.each([
  [1, 1],
  [2, 2],
  [64, 3],
])("%d cores hash %d passwords at once, and libuv's fourth thread stays free", (cores, atOnce) => {
  expect(queueOptionsFor(cores).runningMax).toBe(atOnce);
});
