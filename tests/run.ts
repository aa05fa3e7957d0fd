/** `npm test`: every proof, in the order in which a failure is cheapest to find. */
import { spawnSync } from "node:child_process";
import { ensureChromium } from "./support/chromium.ts";
import { ensurePrograms } from "./support/debian.ts";

interface Step {
  name: string;
  command: string[];
}

const steps: Step[] = [
  { name: "check", command: ["npm", "run", "--silent", "check"] },
  { name: "unit", command: ["npm", "run", "--silent", "test:unit"] },
  { name: "integration", command: ["npm", "run", "--silent", "test:integration"] },
  { name: "attack", command: ["npm", "run", "--silent", "test:attack"] },
  { name: "browser", command: ["npm", "run", "--silent", "test:browser"] },
];

const progress = (text: string) => void process.stdout.write(`${text}\n`);
ensureChromium(progress);
ensurePrograms(progress);

const failed: string[] = [];
for (const { name, command } of steps) {
  process.stdout.write(`\n── ${name}\n`);
  const startedAtMs = performance.now();
  const { status } = spawnSync(command[0] ?? "", command.slice(1), { stdio: "inherit" });
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  process.stdout.write(`── ${name}: ${status === 0 ? "passed" : "FAILED"} in ${seconds} s\n`);
  if (status !== 0) failed.push(name);
}
process.stdout.write(`\n${steps.length - failed.length} passed, ${failed.length} failed\n`);
if (failed.length > 0) process.exitCode = 1;
