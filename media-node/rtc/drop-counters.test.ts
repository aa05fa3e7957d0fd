import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { DropCounters } from "./drop-counters.ts";

it("docs/security.md tells operators what each reason means", () => {
  const text = readFileSync(resolve(import.meta.dirname, "../../docs/security.md"), "utf8");
  const untold = Object.keys(new DropCounters().snapshot()).filter(
    (reason) => !text.includes(`\`${reason}\``),
  );
  expect(untold).toEqual([]);
});
