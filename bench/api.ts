/** `npm run bench:api`: requests per second and times of the control plane's parts, beside what they could be. */
import { faultsOf, measureAccounts } from "./api-accounts.ts";
import { measureData } from "./api-data.ts";
import { measureOrganizations } from "./api-organizations.ts";
import type { Compared } from "./turns.ts";

const progress = (text: string) => process.stderr.write(`${text}\n`);
const data = await measureData(progress);
const organizations = await measureOrganizations(progress);
const accounts = await measureAccounts(progress);
const { operations: accountOperations, ...times } = accounts;
const operations: Record<string, Compared> = { ...data.operations, ...organizations, ...accountOperations };

if (process.argv.includes("--json")) {
  const { operations: _, ...plans } = data;
  process.stdout.write(`${JSON.stringify({ ...operations, ...plans, ...times })}\n`);
} else {
  const nameWidth = Math.max(...Object.keys(operations).map(({ length }) => length));
  const row = ([name = "", ...cells]: string[]) =>
    process.stdout.write(`${name.padEnd(nameWidth)}${cells.map((cell) => cell.padStart(14)).join("")}\n`);
  row(["", "per second", "ceiling", "ratio", "ratio by CPU", "p50 ms", "p99 ms"]);
  for (const [name, result] of Object.entries(operations)) row([name, ...cells(result)]);
  process.stdout.write(
    `\n${data.statementsExplained} statements explained on a million accounts, sequential scans: ${data.sequentialScans.length}\n`,
  );
  for (const [name, value] of Object.entries(times)) process.stdout.write(`${name}: ${value}\n`);
  for (const scan of data.sequentialScans) process.stdout.write(`  ${scan}\n`);
}
for (const fault of faultsOf(accounts)) progress(fault);
if (data.sequentialScans.length + faultsOf(accounts).length > 0) process.exitCode = 1;

function cells({ perSecond, ceilingPerSecond, ratio, ratioByCpu, msP50, msP99 }: Compared): string[] {
  return [
    perSecond.toFixed(0),
    ceilingPerSecond.toFixed(0),
    ratio.toFixed(2),
    ratioByCpu.toFixed(2),
    msP50.toFixed(2),
    msP99.toFixed(2),
  ];
}
