/** CPU time of the process that serves a port of this machine, where /proc tells (Linux). */
import { readdir, readFile, readlink } from "node:fs/promises";

const TICKS_PER_SECOND = 100;
const LISTENING = "0A";

export interface LocalServer {
  cpuSeconds(): Promise<number>;
}

/** Undefined for a server elsewhere, or one that can't be seen. */
export async function findLocalServer(url: string): Promise<LocalServer | undefined> {
  const { hostname, port, protocol } = new URL(url);
  if (!/^(localhost|127\.|\[::1\])/.test(hostname)) return undefined;
  const inode = await inodeOf(Number(port || (protocol === "https:" ? 443 : 80)));
  const pid = inode && (await ownerOf(inode));
  return pid ? { cpuSeconds: () => cpuSecondsOf(pid) } : undefined;
}

/** The socket that listens on a TCP port. */
async function inodeOf(port: number): Promise<string | undefined> {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    const lines = (await readFile(table, "utf8").catch(() => "")).split("\n");
    for (const line of lines) {
      const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
      if (local.endsWith(`:${wanted}`) && state === LISTENING) return inode;
    }
  }
  return undefined;
}

async function ownerOf(inode: string): Promise<string | undefined> {
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors)
      if ((await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "")) === `socket:[${inode}]`)
        return pid;
  }
  return undefined;
}

/** User and system time, fields 14 and 15 (proc(5)); the name in field 2 may hold spaces. */
async function cpuSecondsOf(pid: string): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
