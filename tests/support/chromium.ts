/**
 * Finds a Chromium for the browser tests, or installs Debian's. Playwright's own download isn't tried: it
 * comes from outside the package registries.
 */
import { existsSync } from "node:fs";
import { installDebianPackages } from "@parley/db/testing/debian-packages";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const findChromium = (): string | undefined =>
  [process.env.CHROMIUM_PATH, ...PLACES].find((path) => path !== undefined && existsSync(path));

/** Where Chromium is. Throws with what to install where there is none. */
export function chromiumPath(): string {
  const path = findChromium();
  if (path === undefined)
    throw new Error("No Chromium found. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.");
  return path;
}

/** As root on Debian, installs what is missing. */
export function ensureChromium(progress: (text: string) => void): string {
  if (findChromium() === undefined) installDebianPackages(["chromium"], progress);
  return chromiumPath();
}
