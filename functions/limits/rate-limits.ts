/** Rate limits over any store of counters that rate-limiter-flexible knows. */
import { createHash } from "node:crypto";
import { AppError } from "@parley/contract/errors";
import { type RateLimiterAbstract, RateLimiterRes } from "rate-limiter-flexible";
import type { Logger } from "../app-deps.ts";
import { type RateLimits, type RateRule, type RateRuleName, rateRules } from "../domain/rate-limits.ts";

/** What a store is asked for; `points` and `duration` (in seconds) as rate-limiter-flexible has them. */
export interface CounterOptions {
  keyPrefix: string;
  points: number;
  duration: number;
}

export type MakeCounter = (options: CounterOptions) => RateLimiterAbstract;

/** Points that differ from `rateRules`; 0 doesn't count at all. */
export type RatePoints = Partial<Record<RateRuleName, number>>;

export function createRateLimits(
  makeCounter: MakeCounter,
  logger: Logger,
  points: RatePoints = {},
): RateLimits {
  const ruleOf = (name: RateRuleName): RateRule => ({
    ...rateRules[name],
    points: points[name] ?? rateRules[name].points,
  });
  const counters = new Map<string, RateLimiterAbstract>();
  const counterOf = (name: string, { points, periodSeconds }: Pick<RateRule, "points" | "periodSeconds">) => {
    const known = counters.get(name);
    if (known) return known;
    const made = makeCounter({ keyPrefix: `parley:${name}`, points, duration: periodSeconds });
    counters.set(name, made);
    return made;
  };

  async function take(name: RateRuleName, rule: RateRule, key: string): Promise<void> {
    const { consumedPoints, msBeforeNext } = await consume(counterOf(name, rule), key);
    if (consumedPoints < rule.points || (consumedPoints === rule.points && !rule.delaySeconds)) return;
    if (!rule.delaySeconds) throw refusal(msBeforeNext);
    // A gate that lets one through and then stays shut for the delay, also for those who come at once.
    const { first, last } = rule.delaySeconds;
    const delaySeconds = Math.min(first * 2 ** Math.min(consumedPoints - rule.points, 30), last);
    const gate = counterOf(`${name}-gate`, { points: 1, periodSeconds: last });
    const passed = await consume(gate, key, delaySeconds);
    if (passed.consumedPoints > 1) throw refusal(passed.msBeforeNext);
  }

  return {
    async take(name, key) {
      const rule = ruleOf(name);
      if (key === undefined || rule.points === 0) return;
      try {
        await take(name, rule, hashed(key));
      } catch (cause) {
        if (cause instanceof AppError && cause.code === "rate_limited") throw cause;
        logger.error({ err: cause, rule: name }, "the store of rate limits doesn't answer");
        if (rule.storeDown === "refuse") throw new AppError("unavailable", { cause });
      }
    },
    async forgive(name, key) {
      if (key === undefined) return;
      const rule = ruleOf(name);
      try {
        if (name === "loginOfAddress") await counterOf(name, rule).reward(hashed(key), 1);
        else await counterOf(name, rule).delete(hashed(key));
      } catch (err) {
        logger.error({ err, rule: name }, "the store of rate limits doesn't answer");
      }
    },
  };
}

/** Counts one more, also past the points: what that means is for the rule to say. */
async function consume(
  counter: RateLimiterAbstract,
  key: string,
  periodSeconds?: number,
): Promise<RateLimiterRes> {
  try {
    return await counter.consume(
      key,
      1,
      periodSeconds === undefined ? {} : { customDuration: periodSeconds },
    );
  } catch (outcome) {
    if (outcome instanceof RateLimiterRes) return outcome;
    throw outcome;
  }
}

const refusal = (msBeforeNext: number): AppError =>
  new AppError("rate_limited", { retryAfterSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)) });

/** Stores get no names or addresses of people. */
const hashed = (key: string): string => createHash("sha256").update(key).digest("base64url");
