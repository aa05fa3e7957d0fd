/** A short table for people; with --json one object alone on standard output, units in the key names. */
export function report(title: string, result: Record<string, number>): void {
  const rounded = Object.fromEntries(
    Object.entries(result).map(([key, value]) => [key, Math.round(value * 10) / 10]),
  );
  if (process.argv.includes("--json")) {
    process.stdout.write(`${JSON.stringify(rounded)}\n`);
    return;
  }
  process.stdout.write(`${title}\n`);
  for (const [key, value] of Object.entries(rounded))
    process.stdout.write(`  ${key.padEnd(32)} ${value.toLocaleString("en")}\n`);
}
