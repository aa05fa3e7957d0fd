/**
 * `npm run keys:rotate`: publishes the next signing keys of DATA_DIR. `-- --at-once` is for after a leak: only new
 * keys count from then on. For installations whose keys are a secret elsewhere, JSON goes to standard output: the
 * first keys with `-- --new`, later ones with `-- --stdin`, from what stands on standard input.
 */
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { exportKeys, generateKeys, importKeys, replaceKeys, rotateKeys } from "@parley/functions/keys";
import { readEnvironment } from "./env.ts";
import { changeKeyFile } from "./key-file.ts";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      new: { type: "boolean", default: false },
      stdin: { type: "boolean", default: false },
      "at-once": { type: "boolean", default: false },
    },
  });
  if (values.new && (values.stdin || values["at-once"]))
    throw new Error("--new makes first keys: use it alone.");
  const now = new Date();
  const change = values["at-once"] ? replaceKeys : rotateKeys;
  if (values.new || values.stdin) {
    const keys = values.new
      ? await generateKeys()
      : await change(await importKeys(JSON.parse(await text(process.stdin))), now);
    process.stdout.write(`${JSON.stringify(await exportKeys(keys))}\n`);
    return;
  }
  const { dataDirectory } = readEnvironment(process.env);
  await changeKeyFile(dataDirectory, (keys) => change(keys, now));
  process.stdout.write(
    values["at-once"]
      ? `New keys are in ${dataDirectory}. A running server signs with them within seconds, and takes no others.\n`
      : `The next keys are in ${dataDirectory} and published by a running server within seconds. They sign from ten minutes on.\n`,
  );
}

main().catch((error) => {
  process.stderr.write(`The keys could not be rotated: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
