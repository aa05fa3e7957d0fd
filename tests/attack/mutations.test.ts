import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { attacks } from "./attacks.ts";
import { edited } from "./mutation.ts";
import { mutations } from "./mutations/all.ts";

const ROOT = resolve(import.meta.dirname, "../..");

it("each attack has a guard that can be taken away, and each guard an attack", () => {
  const names = attacks.map(({ name }) => name);
  expect(Object.keys(mutations).sort()).toEqual([...names].sort());
  expect(new Set(names).size).toBe(names.length);
});

it("each guard stands in the sources as the mutation has it", () => {
  for (const { edits } of Object.values(mutations).flat())
    for (const [file, own] of Map.groupBy(edits, ({ file }) => file)) {
      const source = readFileSync(resolve(ROOT, file), "utf8");
      expect(own.reduce(edited, source)).not.toBe(source);
    }
});
