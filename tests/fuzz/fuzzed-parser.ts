/** What a fuzzer needs of a parser: real inputs to bend, and how its caller calls it. */
export interface FuzzedParser {
  name: string;
  corpus: readonly Buffer[];
  bytesMax: number;
  parse(input: Buffer): void;
  /** Repairs checksum and length, for every other input. */
  mend?(input: Buffer): void;
}

/** What the gate lets in. */
export const PACKET_BYTES_MAX = 1_500;
