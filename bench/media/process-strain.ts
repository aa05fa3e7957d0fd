/**
 * Why packets may be late or missing though nobody erred, as Linux counts it: how long a process waited for a core
 * that others had, and which datagrams the kernel threw away at its sockets because it didn't read them in time.
 * Without /proc all of it is 0.
 */
import { readdir, readFile, readlink } from "node:fs/promises";

export interface ProcessStrain {
  /** The main thread was ready to run, and didn't. */
  waitedForCoreSeconds: number;
  /** At all UDP sockets that the process has open now. */
  datagramsDropped: number;
}

export interface MachineStrain {
  /** Of all cores together, this and every other process. */
  busyCoreSeconds: number;
  /** Taken by the host from this virtual machine. */
  stolenCoreSeconds: number;
}

const TICKS_PER_SECOND = 100;

export async function processStrain(pid: number): Promise<ProcessStrain> {
  // Documentation/scheduler/sched-stats.rst: time on a core, time in its queue (ns), time slices.
  const [, waitedNs = "0"] = (await readOr(`/proc/${pid}/schedstat`, "0 0 0")).split(" ");
  return { waitedForCoreSeconds: Number(waitedNs) / 1e9, datagramsDropped: await datagramsDropped(pid) };
}

export async function machineStrain(): Promise<MachineStrain> {
  // proc(5): user, nice, system, idle, iowait, irq, softirq, steal.
  const [line = ""] = (await readOr("/proc/stat", "")).split("\n");
  const ticks = line.split(/\s+/).slice(1).map(Number);
  const at = (index: number) => (ticks[index] ?? 0) / TICKS_PER_SECOND;
  return { busyCoreSeconds: at(0) + at(1) + at(2) + at(5) + at(6), stolenCoreSeconds: at(7) };
}

async function datagramsDropped(pid: number): Promise<number> {
  const inodes = new Set<string>();
  for (const descriptor of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode) inodes.add(inode);
  }
  let dropped = 0;
  for (const table of ["udp", "udp6"])
    for (const line of (await readOr(`/proc/${pid}/net/${table}`, "")).split("\n")) {
      const fields = line.trim().split(/\s+/);
      if (inodes.has(fields[9] ?? "")) dropped += Number(fields[12]);
    }
  return dropped;
}

const readOr = (path: string, missing: string) => readFile(path, "utf8").catch(() => missing);
