/**
 * `npm run keys:rotate`: publishes the next signing keys of DATA_DIR. With `--stdin`, for installations whose keys
 * are a secret elsewhere: reads their JSON from standard input and prints it with the next keys added.
 */
import { text } from "node:stream/consumers";
import { exportKeys, importKeys, rotateKeys } from "@parley/functions/keys";
import { readEnvironment } from "./env.ts";
import { rotateKeyFile } from "./key-file.ts";

async function main(): Promise<void> {
  const now = new Date();
  if (process.argv.includes("--stdin")) {
    const keys = await rotateKeys(await importKeys(JSON.parse(await text(process.stdin))), now);
    process.stdout.write(`${JSON.stringify(await exportKeys(keys))}\n`);
    return;
  }
  const { dataDirectory } = readEnvironment(process.env);
  await rotateKeyFile(dataDirectory, now);
  process.stdout.write(
    `The next keys are in ${dataDirectory} and published by a running server within seconds. They sign from ten minutes on.\n`,
  );
}

main().catch((error) => {
  process.stderr.write(`The keys could not be rotated: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
