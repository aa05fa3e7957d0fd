/**
 * Part of `npm run openapi`: writes api-types.ts from docs/openapi.json; with `--check`, which is part of
 * `npm run check`, it fails where the committed file says something else. Answers of failure are left out: they are the
 * same for every request, and `ParleyError` has their codes.
 */
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const DOCUMENT = new URL("../docs/openapi.json", import.meta.url);
const FILE = new URL("api-types.ts", import.meta.url);
const HEADER = "/** Written by `npm run openapi` from docs/openapi.json. Don't edit. */\n\n";

interface Operation {
  responses: Record<string, unknown>;
}

const document = JSON.parse(await readFile(DOCUMENT, "utf8")) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: object };
};
for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path)))
  for (const status of Object.keys(operation.responses))
    if (Number(status) >= 400) delete operation.responses[status];
document.components.schemas = {};

const types = await openapiTS(document as unknown as Parameters<typeof openapiTS>[0], {
  immutable: true,
  // A request may leave out what has a default.
  defaultNonNullable: false,
});
const text = HEADER + astToString(types);

if (!process.argv.includes("--check")) {
  await writeFile(FILE, text);
} else if ((await readFile(FILE, "utf8").catch(() => "")) !== text) {
  process.stderr.write("sdk/api-types.ts doesn't say what docs/openapi.json says. Run: npm run openapi\n");
  process.exitCode = 1;
}
