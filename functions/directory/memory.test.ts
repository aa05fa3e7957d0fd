import type { ChannelId, NodeId, OrganizationId, ParticipantId, UserId } from "@parley/contract/ids";
import { VOICE_RESERVATION_MS } from "@parley/contract/node-directory";
import { expect, test } from "vitest";
import { createMemoryDirectory } from "./memory.ts";

const org = "org" as OrganizationId;
const node = "node" as NodeId;

function setUp() {
  const clock = { nowMs: 0 };
  const directory = createMemoryDirectory(() => clock.nowMs);
  const reserve = (name: string, voicesMax = 2) => directory.reserveVoice(org, name as UserId, voicesMax);
  const arrive = (...stays: [name: string, participantId: string][]) =>
    directory.setPresence(
      node,
      org,
      stays.map(([name, participantId]) => ({
        channelId: "channel" as ChannelId,
        participantId: participantId as ParticipantId,
        userId: name as UserId,
        name,
        muted: false,
      })),
    );
  return { clock, reserve, arrive };
}

test("a place counts before somebody has come, and once after", async () => {
  const { reserve, arrive } = setUp();
  expect(await reserve("a")).toBe(true);
  expect(await reserve("a")).toBe(true);
  await arrive(["a", "1"]);
  expect(await reserve("b")).toBe(true);
  expect(await reserve("c")).toBe(false);
  expect(await reserve("c", 3)).toBe(true);
});

test("a place whose token has run out is free again", async () => {
  const { clock, reserve } = setUp();
  expect([await reserve("a", 1), await reserve("b", 1)]).toEqual([true, false]);
  clock.nowMs = VOICE_RESERVATION_MS;
  expect(await reserve("b", 1)).toBe(true);
});

test("who has been there leaves nothing behind; who moves keeps the place on the way", async () => {
  const { reserve, arrive } = setUp();
  await reserve("a", 1);
  await arrive(["a", "1"]);
  await arrive();
  expect(await reserve("b", 1)).toBe(true);
  await arrive(["b", "1"]);
  expect(await reserve("b", 1)).toBe(true);
  await arrive(["b", "1"]);
  await arrive();
  expect(await reserve("a", 1)).toBe(false);
  await arrive(["b", "2"]);
  await arrive();
  expect(await reserve("a", 1)).toBe(true);
});
