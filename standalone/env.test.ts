import { availableParallelism } from "node:os";
import { expect, it } from "vitest";
import { readEnvironment } from "./env.ts";

it("MEDIA_WORKERS=auto is one worker for each core; other words are refused by name", () => {
  expect(readEnvironment({ MEDIA_WORKERS: "auto" }).mediaWorkers).toBe(availableParallelism());
  expect(readEnvironment({ MEDIA_WORKERS: "3" }).mediaWorkers).toBe(3);
  expect(readEnvironment({}).mediaWorkers).toBe(0);
  expect(() => readEnvironment({ MEDIA_WORKERS: "all" })).toThrow("MEDIA_WORKERS: must be auto or a whole");
});
