/** Counters of one process, gone with it: for tests. */
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { MakeCounter } from "./rate-limits.ts";

export const countInMemory: MakeCounter = (options) => new RateLimiterMemory(options);
