/** The media node without some guards: `node mutated-target.ts <edits as JSON>`. */
import { loadWith } from "./mutation.ts";

loadWith(JSON.parse(process.argv[2] ?? "[]"));
await import("./node-target.ts");
