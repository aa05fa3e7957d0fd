import { participantIdSchema, userIdSchema } from "@parley/contract/ids";
import type { Participant } from "@parley/contract/signal";
import { expect, test } from "vitest";
import { applyMessage, createRoster } from "./roster.ts";

const userId = userIdSchema.parse("01890a5d-ac96-774b-bcce-b302099a8057");
const person = (id: string, muted = false): Participant => ({
  id: participantIdSchema.parse(id),
  userId,
  name: `name of ${id}`,
  muted,
});
const you = person("1");
const anna = person("2");

test("people come, change and go, in the order of their coming", () => {
  const start = createRoster(you.id, [you]);
  const joined = applyMessage(start, { type: "participant-joined", participant: anna });
  expect([...joined.participants.keys()]).toEqual(["1", "2"]);
  const updated = applyMessage(joined, { type: "participant-updated", participant: person("1", true) });
  expect([...updated.participants.values()].map(({ muted }) => muted)).toEqual([true, false]);
  const left = applyMessage(updated, { type: "participant-left", id: anna.id });
  expect([...left.participants.keys()]).toEqual(["1"]);
  expect([...start.participants.keys()]).toEqual(["1"]);
});

test("somebody who mutes stops speaking, and doesn't resume by unmuting", () => {
  let roster = createRoster(you.id, [you, anna]);
  roster = applyMessage(roster, { type: "speaking", id: anna.id, speaking: true });
  expect(roster.participants.get(anna.id)?.speaking).toBe(true);
  roster = applyMessage(roster, { type: "participant-updated", participant: person("2", true) });
  roster = applyMessage(roster, { type: "participant-updated", participant: anna });
  expect(roster.participants.get(anna.id)?.speaking).toBe(false);
});

test("a voices message changes only the voices that it names; null frees one", () => {
  let roster = createRoster(you.id, [you, anna]);
  roster = applyMessage(roster, { type: "voices", voices: [{ voice: 0, participantId: anna.id }] });
  roster = applyMessage(roster, { type: "voices", voices: [{ voice: 1, participantId: you.id }] });
  expect([...roster.voices]).toEqual([
    [0, "2"],
    [1, "1"],
  ]);
  roster = applyMessage(roster, { type: "voices", voices: [{ voice: 1, participantId: null }] });
  expect([...roster.voices]).toEqual([[0, "2"]]);
});

test("who leaves is heard on no voice", () => {
  let roster = createRoster(you.id, [you, anna]);
  roster = applyMessage(roster, { type: "voices", voices: [{ voice: 0, participantId: anna.id }] });
  expect(applyMessage(roster, { type: "participant-left", id: anna.id }).voices.size).toBe(0);
});

test("messages that change nothing return the same roster", () => {
  const roster = createRoster(you.id, [you]);
  expect(applyMessage(roster, { type: "speaking", id: anna.id, speaking: true })).toBe(roster);
  expect(applyMessage(roster, { type: "speaking", id: you.id, speaking: false })).toBe(roster);
  expect(applyMessage(roster, { type: "participant-left", id: anna.id })).toBe(roster);
  expect(applyMessage(roster, { type: "pong", id: 1 })).toBe(roster);
});
