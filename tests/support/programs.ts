/** Programs that tests run beside Chromium: found, or, as root on Debian, installed. */
import { existsSync } from "node:fs";
import { installDebianPackages } from "@parley/db/testing/debian-packages";

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

/** Also lets this process and its children find them. Throws with what to install where it can't be installed. */
export function ensurePrograms(progress: (text: string) => void): void {
  // Some are the administrator's, and in nobody else's PATH.
  process.env.PATH = [...new Set([...(process.env.PATH ?? "").split(":"), ...FOLDERS])].join(":");
  const packages = [...new Set(missing().map(([, name]) => name))];
  if (packages.length === 0) return;
  installDebianPackages(packages, progress);
  const still = missing().map(([program]) => program);
  if (still.length > 0)
    throw new Error(
      `These programs are missing: ${still.join(", ")}. Install them (Debian: apt-get install ${packages.join(" ")}).`,
    );
}
