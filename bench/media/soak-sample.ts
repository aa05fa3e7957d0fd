/** The state of a node under load at one moment, and what happened between two of them, in a line. */
import type { ThreadCounts } from "@parley/media-node/threads/thread-counts";
import type { Child } from "../child-process.ts";
import { type MachineStrain, machineStrain, type ProcessStrain, processStrain } from "./process-strain.ts";
import type { Usage } from "./process-usage.ts";
import type { Heard } from "./voice-load.ts";

export interface SoakSample {
  usage: Usage;
  /** What is left of the heap after a full collection, where one was asked for. */
  collectedHeapBytes: number | undefined;
  counts: ThreadCounts;
  /** Since the sample before. */
  heard: Heard;
  node: ProcessStrain;
  loader: ProcessStrain;
  loaderCpuSeconds: number;
  machine: MachineStrain;
}

export async function soakSample(node: Child, load: Child, collects: boolean): Promise<SoakSample> {
  const heard = await load.call<Heard>("take");
  const usage = await node.call<Usage>("usage");
  const sample = {
    usage,
    heard,
    counts: await node.call<ThreadCounts>("counts"),
    node: await processStrain(node.pid),
    loader: await processStrain(load.pid),
    loaderCpuSeconds: await load.call<number>("cpuSeconds"),
    machine: await machineStrain(),
  };
  if (!collects) return { ...sample, collectedHeapBytes: undefined };
  await node.call("collectGarbage");
  return { ...sample, collectedHeapBytes: (await node.call<Usage>("usage")).memory.heapUsedBytes };
}

export function soakLine(before: SoakSample, after: SoakSample): string {
  const { heard } = after;
  const difference = (pick: (sample: SoakSample) => number) => pick(after) - pick(before);
  const seconds = difference(({ usage }) => usage.wallSeconds);
  const share = (pick: (sample: SoakSample) => number) => (difference(pick) / seconds).toFixed(2);
  const others = ({ machine, usage, loaderCpuSeconds }: SoakSample) =>
    machine.busyCoreSeconds - usage.cpuSeconds - loaderCpuSeconds;
  const { residentBytes, heapUsedBytes, heapCommittedBytes, youngCommittedBytes } = after.usage.memory;
  const collected =
    after.collectedHeapBytes === undefined ? "" : `, ${mebibytes(after.collectedHeapBytes)} collected`;
  const drops = Object.entries(after.counts.drops).filter(
    ([reason, count]) => count > (before.counts.drops[reason] ?? 0),
  );
  return [
    `lost ${heard.lost} of ${heard.received + heard.lost}, heard ${heard.received} of ${Math.round(heard.expected)}`,
    `RSS ${mebibytes(residentBytes)} MiB, heap ${mebibytes(heapCommittedBytes)} (${mebibytes(heapUsedBytes)} used` +
      `${collected}; ${mebibytes(youngCommittedBytes)} young)`,
    `cores: node ${share(({ usage }) => usage.cpuSeconds)}, load ${share((each) => each.loaderCpuSeconds)}, ` +
      `others ${share(others)}, stolen ${share(({ machine }) => machine.stolenCoreSeconds)}`,
    `waited for a core: node ${share((each) => each.node.waitedForCoreSeconds)}, ` +
      `load ${share((each) => each.loader.waitedForCoreSeconds)}; load late by ${heard.lateMsMax.toFixed(0)} ms`,
    `kernel dropped: node's ${difference((each) => each.node.datagramsDropped)}, ` +
      `load's ${difference((each) => each.loader.datagramsDropped)}`,
    `node: ${after.counts.participants} people, shed ${difference(({ counts }) => counts.packetsShed)}, ` +
      `dropped ${drops.map(([reason, count]) => `${reason} ${count - (before.counts.drops[reason] ?? 0)}`).join(" ") || 0}`,
  ].join("; ");
}

const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
