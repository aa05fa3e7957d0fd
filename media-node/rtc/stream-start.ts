import { randomInt } from "node:crypto";

/** RFC 3550 §5.1: sequence numbers and timestamps of a stream start at random. */
export const randomStreamStart = () => ({ sequence: randomInt(0x10000), timestamp: randomInt(0x100000000) });
