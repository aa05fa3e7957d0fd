import { expect, test } from "vitest";
import { usernameSchema } from "./accounts.ts";
import { visibleText } from "./text.ts";

const name = visibleText(1, 64);
const isTaken = (schema: typeof name | typeof usernameSchema, text: string) => schema.safeParse(text).success;

test("no name has a character that isn't seen, of all that Unicode has", () => {
  const unseen = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\u2800]/u;
  const passed: string[] = [];
  let tried = 0;
  for (let point = 0; point <= 0x10ffff; point++) {
    const character = String.fromCodePoint(point);
    if (!unseen.test(character)) continue;
    tried++;
    for (const schema of [name, usernameSchema]) {
      if (isTaken(schema, `de${character}mo`)) passed.push(point.toString(16));
    }
  }
  expect(passed).toEqual([]);
  expect(tried).toBeGreaterThan(4_000);
});

test.each([
  "\u034f",
  "\u115f",
  "\u1160",
  "\u17b4",
  "\u180b",
  "\u3164",
  "\uffa0",
  "\ufe0f",
  "\u{e0100}",
  "\u2800",
])("demo and demo%s are no two people, and there is no name of it alone", (character) => {
  expect(isTaken(usernameSchema, `demo${character}`)).toBe(false);
  expect(isTaken(usernameSchema, character.repeat(2))).toBe(false);
});

test("names of things may have emoji as keyboards type them, and letters of all scripts", () => {
  for (const text of [
    "\u2764\ufe0f radio",
    "Z\u00fcrich",
    "\ubc14\ub2e4",
    "\u0939\u093f\u0928\u094d\u0926\u0940",
    "\ud83c\udfa7",
  ])
    expect([text, isTaken(name, text)]).toEqual([text, true]);
  expect(isTaken(usernameSchema, "demo\u2764\ufe0f")).toBe(false);
  expect(isTaken(name, "x\ufe0f")).toBe(false);
});
