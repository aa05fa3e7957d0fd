/**
 * Finds a Chromium for the browser tests, or installs Debian's. Playwright's own download isn't tried: it
 * comes from outside the package registries.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

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
  const isDebianRoot = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  if (findChromium() === undefined && isDebianRoot) {
    progress("Installing Chromium for the browser tests (apt-get install chromium) …");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    spawnSync("apt-get", ["update", "-qq"], { stdio: "inherit", env });
    spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], {
      stdio: ["ignore", "ignore", "inherit"],
      env,
    });
  }
  return chromiumPath();
}
