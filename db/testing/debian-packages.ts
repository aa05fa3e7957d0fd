/** What tests need and may install by themselves: only as root on Debian, as CI and containers are. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Says what it does, and does nothing elsewhere: whoever needs a program looks for it again afterwards. */
export function installDebianPackages(packages: readonly string[], progress: (text: string) => void): void {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return;
  progress(`Installing what the tests need (apt-get install ${packages.join(" ")}) …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["update", "-qq"], { stdio: "inherit", env });
  const words = ["install", "-y", "-qq", "--no-install-recommends", ...packages];
  spawnSync("apt-get", words, { stdio: ["ignore", "ignore", "inherit"], env });
}
