/** What `npm start` tells Node: whoever starts a server of their own to test or to measure starts it so, too. */
import { readFileSync } from "node:fs";

const packageJson = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
const { scripts } = JSON.parse(packageJson) as { scripts: { start: string } };

export const START_FLAGS: readonly string[] = scripts.start
  .split(" ")
  .filter((word) => word.startsWith("--"));
