/**
 * The WASM module of SRTP and the memory that it works on, one per thread. The memory has one size for good:
 * growing it would detach the views, some of which the socket may be sending from.
 * What a session allocates it releases; released memory is zeroed, since it held keys.
 */
import { readFileSync } from "node:fs";
import { AppError } from "@parley/contract/errors";
import { HEAP, MEMORY_PAGES, RESERVED_BYTES } from "./memory-layout.ts";

/** What assembly/srtp.ts exports. */
interface Exports {
  ghashKey(key: number, h: number): void;
  hmacKey(key: number, inner: number, outer: number): void;
  gcmCounters: Counters;
  cmCounters: Counters;
  rtpHeader(
    out: number,
    header: number,
    headerBytes: number,
    marker: number,
    sequence: number,
    timestamp: number,
    ssrc: number,
  ): void;
  gcmSeal(
    key: number,
    aad: number,
    aadBytes: number,
    text: number,
    textBytes: number,
    keystream: number,
    out: number,
  ): void;
  gcmOpen(
    key: number,
    aad: number,
    aadBytes: number,
    text: number,
    textBytes: number,
    keystream: number,
    tag: number,
    out: number,
  ): number;
  cmSeal(
    key: number,
    out: number,
    headerBytes: number,
    text: number,
    textBytes: number,
    keystream: number,
    trailer: number,
    tagAt: number,
  ): void;
  cmOpen(
    key: number,
    packet: number,
    headerBytes: number,
    textBytes: number,
    keystream: number,
    trailer: number,
    tagAt: number,
  ): number;
}

type Counters = (
  to: number,
  salt: number,
  ssrc: number,
  roc: number,
  sequence: number,
  packets: number,
  blocks: number,
) => void;

const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES });
const wasm = new WebAssembly.Module(readFileSync(new URL("./srtp.wasm", import.meta.url)));

export const kernel = new WebAssembly.Instance(wasm, { env: { memory } }).exports as unknown as Exports;
export const kernelBytes: Buffer = Buffer.from(memory.buffer);

let heapEnd = HEAP;
/** By size; there are only a few sizes. */
const free = new Map<number, number[]>();

/** A zeroed piece of kernel memory. Throws AppError `node_full` when the node holds all it can. */
export function allocate(bytes: number): number {
  const address = take(bytes, kernelBytes.length);
  if (address === undefined) throw new AppError("node_full");
  return address;
}

/** The same for whoever can do without: it leaves a reserve to those who can't. */
export function findSpace(bytes: number): number | undefined {
  return take(bytes, kernelBytes.length - RESERVED_BYTES);
}

export function release(address: number, bytes: number): void {
  kernelBytes.fill(0, address, address + bytes);
  const list = free.get(bytes);
  if (list) list.push(address);
  else free.set(bytes, [address]);
}

function take(bytes: number, end: number): number | undefined {
  const freed = free.get(bytes)?.pop();
  if (freed !== undefined) return freed;
  const address = heapEnd;
  if (address + bytes > end) return undefined;
  heapEnd = (address + bytes + 15) & ~15;
  return address;
}
