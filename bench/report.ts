/** Numbers by name, or groups of them. */
export type Report = Record<string, number | Readonly<Record<string, number>>>;

/** A short table for people; with --json one object alone on standard output, units in the key names. */
export function report(title: string, result: Record<string, number>): void {
  reportNested(title, result);
}

/** The same for results in groups. */
export function reportNested(title: string, result: Report): void {
  const rounded = Object.fromEntries(
    Object.entries(result).map(([key, value]) => [
      key,
      typeof value === "number"
        ? round(value)
        : Object.fromEntries(Object.entries(value).map(([inner, number]) => [inner, round(number)])),
    ]),
  );
  if (process.argv.includes("--json")) {
    process.stdout.write(`${JSON.stringify(rounded)}\n`);
    return;
  }
  process.stdout.write(`${title}\n`);
  for (const [key, value] of Object.entries(rounded)) {
    if (typeof value === "number") {
      line(key, value, 1);
      continue;
    }
    process.stdout.write(`  ${key}\n`);
    for (const [inner, number] of Object.entries(value)) line(inner, number, 2);
  }
}

function line(key: string, value: number, depth: number): void {
  const name = `${"  ".repeat(depth)}${key}`;
  process.stdout.write(`${name.padEnd(42)} ${value.toLocaleString("en", { maximumFractionDigits: 5 })}\n`);
}

/** Shares and small times keep their digits, large numbers don't need them. */
function round(value: number): number {
  if (Math.abs(value) >= 100) return Math.round(value * 10) / 10;
  return Number(value.toPrecision(3));
}
