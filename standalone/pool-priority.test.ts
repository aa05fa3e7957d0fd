import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { constants, getPriority } from "node:os";
import { expect, test } from "vitest";
import { lowerPoolPriority } from "./pool-priority.ts";

const TASKS = "/proc/self/task";

test("the pool's threads give way, and no other thread does", async () => {
  await readFile(import.meta.filename); // starts the pool
  const count = lowerPoolPriority();
  if (process.platform !== "linux") return expect(count).toBe(0);
  const priorities = Map.groupBy(
    readdirSync(TASKS).map((id) => ({
      isPool: readFileSync(`${TASKS}/${id}/comm`, "utf8").startsWith("libuv-worker"),
      priority: getPriority(Number(id)),
    })),
    ({ isPool }) => isPool,
  );
  const of = (isPool: boolean) => new Set(priorities.get(isPool)?.map(({ priority }) => priority));
  expect(priorities.get(true)?.length).toBe(count);
  expect([...of(true)]).toEqual([constants.priority.PRIORITY_BELOW_NORMAL]);
  expect(of(false).has(constants.priority.PRIORITY_BELOW_NORMAL)).toBe(false);
});
