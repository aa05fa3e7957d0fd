import type { Present } from "@parley/contract/channels";
import type { NodeId, OrganizationId } from "@parley/contract/ids";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Presence } from "./presence.ts";

const ORG = "org" as OrganizationId;
const OTHER = "other" as OrganizationId;
let told: [OrganizationId, number][] = [];
let people = 0;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  people = 0;
});
afterEach(() => void vi.useRealTimers());

/** Fake is the time and the directory, which is another process's. */
function presence() {
  const directory = {
    heartbeat: async () => {},
    findNode: async () => undefined,
    listNodes: async () => [],
    setPresence: async (_node: NodeId, org: OrganizationId, present: Present[]) => {
      told.push([org, present.length]);
    },
    listPresence: async () => [],
    reserveVoice: async () => true,
  };
  const source = {
    id: "a" as NodeId,
    record: () => ({}) as never,
    present: () => Array.from({ length: people }, () => ({}) as Present),
  };
  return new Presence(directory, source, (error) => expect.fail(String(error)));
}

function come(to: Presence, org: OrganizationId): void {
  people++;
  to.changed(org);
}

it("tells of who comes at once, and of a rush together, without losing the last", () => {
  const tells = presence();
  for (let n = 0; n < 200; n++) come(tells, ORG);
  expect(told).toEqual([1, 2, 3, 4].map((n) => [ORG, n]));
  vi.advanceTimersByTime(100);
  expect(told.at(-1)).toEqual([ORG, 200]);
  vi.advanceTimersByTime(1_000);
  expect(told).toHaveLength(5);
  come(tells, ORG);
  expect(told.at(-1)).toEqual([ORG, 201]);
});

it("tells of somebody who comes and goes in a rush before they go, and of no goers one by one", () => {
  const tells = presence();
  for (let n = 0; n < 4; n++) come(tells, ORG);
  people++;
  tells.came(ORG);
  for (const left of [4, 3]) {
    tells.leaving(ORG);
    people = left;
    tells.changed(ORG);
  }
  expect(told).toEqual([1, 2, 3, 4, 5].map((n) => [ORG, n]));
  vi.advanceTimersByTime(100);
  expect(told.at(-1)).toEqual([ORG, 3]);
});

it("makes no organisation wait for another", () => {
  const tells = presence();
  come(tells, ORG);
  come(tells, OTHER);
  expect(told).toEqual([
    [ORG, 1],
    [OTHER, 2],
  ]);
});

it("leaves nothing untold when it stops", async () => {
  const tells = presence();
  for (let n = 0; n < 6; n++) come(tells, ORG);
  await tells.stop();
  vi.advanceTimersByTime(1_000);
  expect(told.at(-1)).toEqual([ORG, 6]);
});
