import { randomInt } from "node:crypto";

/**
 * RFC 3550 §5.1: sequence numbers and timestamps of a stream start at random. Numbers start in the lower half: a
 * receiver takes the first packet that it gets for one of rollover 0 (RFC 3711 §3.3.1), so a stream that wraps
 * while its first packets are lost could never be opened.
 */
export const randomStreamStart = () => ({
  sequence: randomInt(1, 0x8000),
  timestamp: randomInt(0x100000000),
});
