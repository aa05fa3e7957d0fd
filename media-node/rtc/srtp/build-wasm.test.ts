import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { compileWasm } from "./build-wasm.ts";

it("srtp.wasm is what its source compiles to", async () => {
  const committed = await readFile(new URL("./srtp.wasm", import.meta.url));
  const compiled = Buffer.from(await compileWasm());
  expect(compiled.equals(committed), "run `npm run build:wasm` and commit the artefact").toBe(true);
  // The compiler takes seconds, and more on a busy machine.
}, 60_000);
