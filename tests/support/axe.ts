/** What axe-core finds on a page as it is now, of the two grades that keep people out. */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Shows a page in its dark and its light colours, one after the other. */
export async function inBothSchemes(page: Page, look: (scheme: "dark" | "light") => Promise<void>) {
  for (const colorScheme of ["dark", "light"] as const) {
    // Colours on their way from one scheme to the other belong to neither.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await look(colorScheme);
  }
}

/** One line for each element with a serious or critical finding. Also looks where text lacks contrast. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // Not as a script tag, which the page's Content-Security-Policy forbids.
  await page.evaluate(await readFile(AXE, "utf8"));
  const { violations } = await page.evaluate<AxeResults>(
    "axe.run(document, { resultTypes: ['violations'] })",
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
