/** `npm test`: every proof, in the order in which a failure is cheapest to find. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { ensureChromium } from "./support/chromium.ts";
import { ensurePrograms } from "./support/programs.ts";

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

/** A failure's report stands at the end of a step's output; this much of it is shown again. */
const REPORT_CHARACTERS = 6_000;

const progress = (text: string) => void process.stdout.write(`${text}\n`);
ensureChromium(progress);
ensurePrograms(progress);

const failed: { name: string; report: string }[] = [];
for (const { name, command } of steps) {
  progress(`\n── ${name}`);
  const startedAtMs = performance.now();
  const { passed, report } = await run(command);
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  progress(`── ${name}: ${passed ? "passed" : "FAILED"} in ${seconds} s`);
  if (!passed) failed.push({ name, report });
}

// The steps after a failed one have pushed its report out of sight, and out of logs that keep only their end.
for (const { name, report } of failed) progress(`\n── ${name} FAILED; the end of what it said:\n${report}`);
progress(`\n${steps.length - failed.length} passed, ${failed.length} failed`);
if (failed.length > 0) process.exitCode = 1;

async function run([program = "", ...args]: string[]): Promise<{ passed: boolean; report: string }> {
  const env = process.stdout.isTTY ? { FORCE_COLOR: "1", ...process.env } : process.env;
  const child = spawn(program, args, { stdio: ["inherit", "pipe", "pipe"], env });
  let report = "";
  const show = (from: Readable, to: Writable) =>
    from.setEncoding("utf8").on("data", (text: string) => {
      to.write(text);
      report = (report + text).slice(-REPORT_CHARACTERS);
    });
  show(child.stdout, process.stdout);
  show(child.stderr, process.stderr);
  const [status] = await once(child, "close");
  return { passed: status === 0, report };
}
