/** Programs that tests run beside Chromium: found, or, as root on Debian, installed. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const FOLDERS = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"];
/** Program → Debian's package. */
const PROGRAMS = {
  openssl: "openssl",
  ip: "iproute2",
  nft: "nftables",
  sysctl: "procps",
  tc: "iproute2",
  unshare: "util-linux",
};

const missing = () =>
  Object.entries(PROGRAMS).filter(
    ([program]) => !FOLDERS.some((folder) => existsSync(`${folder}/${program}`)),
  );

/** Throws with what to install where it can't be installed. */
export function ensurePrograms(progress: (text: string) => void): void {
  const packages = [...new Set(missing().map(([, name]) => name))];
  if (packages.length === 0) return;
  const command = `apt-get install -y ${packages.join(" ")}`;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    progress(`Installing what tests need (${command}) …`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    spawnSync("apt-get", ["update", "-qq"], { stdio: "inherit", env });
    const words = ["install", "-y", "-qq", "--no-install-recommends", ...packages];
    spawnSync("apt-get", words, { stdio: ["ignore", "ignore", "inherit"], env });
  }
  const still = missing().map(([program]) => program);
  if (still.length > 0)
    throw new Error(`These programs are missing: ${still.join(", ")}. Install them (Debian: ${command}).`);
}
