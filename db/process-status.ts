/** What Linux says of a process, in /proc; elsewhere nothing is known. */
import { readFileSync } from "node:fs";

export interface ProcessStatus {
  /** In ticks since boot: with the pid it names a process for good, which a pid alone doesn't. */
  startTime: string | undefined;
  /** It was killed or ends by itself, and none of its code runs any more; its memory and files may not be free yet. */
  isEnding: boolean;
  /** All of it has ended. What is left is its pid, until its parent asks for the exit code. */
  hasEnded: boolean;
}

const PF_EXITING = 4;
const SIGKILL_BIT = 1 << (9 - 1);

/** Undefined where there is no such process, or no /proc. */
export function statusOf(pid: number): ProcessStatus | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return undefined;
  }
}

/** The line of proc_pid_stat(5), whose numbers of fields these are. */
export function parseStat(line: string): ProcessStatus {
  // Field 2 is the command in parentheses and may hold anything: count from after the last one, at field 3.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => fields[number - 3];
  const isZombie = field(3) === "Z" || field(3) === "X";
  // The first thread may have ended before the others.
  const hasEnded = isZombie && Number(field(20)) <= 1;
  const isExiting = (Number(field(9)) & PF_EXITING) !== 0;
  const isKilled = (Number(field(31)) & SIGKILL_BIT) !== 0;
  return { startTime: field(22), isEnding: !hasEnded && (isZombie || isExiting || isKilled), hasEnded };
}
