/** Rate limits over any store of counters that rate-limiter-flexible knows. */
import { createHash } from "node:crypto";
import { AppError } from "@parley/contract/errors";
import { type RateLimiterAbstract, RateLimiterRes } from "rate-limiter-flexible";
import type { Logger } from "../app-deps.ts";
import {
  type RateLimits,
  type RateRule,
  type RateRuleName,
  type RateRules,
  rateRules,
} from "../domain/rate-limits.ts";

/** What a store is asked for; `points` and `duration` (in seconds) as rate-limiter-flexible has them. */
export interface CounterOptions {
  keyPrefix: string;
  points: number;
  duration: number;
}

export type MakeCounter = (options: CounterOptions) => RateLimiterAbstract;

/** Those who can't be told apart count together. */
const NOBODY = "";

export function createRateLimits(
  makeCounter: MakeCounter,
  logger: Logger,
  rules: RateRules = rateRules,
): RateLimits {
  const counters = new Map<string, RateLimiterAbstract>();
  const counterOf = (name: string, { points, periodSeconds }: Pick<RateRule, "points" | "periodSeconds">) => {
    const known = counters.get(name);
    if (known) return known;
    const made = makeCounter({ keyPrefix: `parley:${name}`, points, duration: periodSeconds });
    counters.set(name, made);
    return made;
  };

  async function take(name: RateRuleName, rule: RateRule, key: string): Promise<void> {
    // First, so that who is only too fast for a moment doesn't use up the longer period.
    if (rule.burst) await takeBurst(name, rule.burst, key);
    const { consumedPoints, msBeforeNext } = await consume(counterOf(name, rule), key);
    if (consumedPoints < rule.points || (consumedPoints === rule.points && !rule.delaySeconds)) return;
    if (!rule.delaySeconds) throw refusal(msBeforeNext);
    // A gate that lets one through and then stays shut for the delay, also for those who come at once.
    const { first, last } = rule.delaySeconds;
    const delaySeconds = Math.min(first * 2 ** Math.min(consumedPoints - rule.points, 30), last);
    const passed = await consume(gateOf(name, rule), key, delaySeconds);
    if (passed.consumedPoints > 1) throw refusal(passed.msBeforeNext);
  }

  const gateOf = (name: RateRuleName, rule: RateRule) =>
    counterOf(`${name}-gate`, { points: 1, periodSeconds: rule.delaySeconds?.last ?? rule.periodSeconds });

  async function takeBurst(name: RateRuleName, burst: NonNullable<RateRule["burst"]>, key: string) {
    const { consumedPoints, msBeforeNext } = await consume(counterOf(`${name}-burst`, burst), key);
    if (consumedPoints > burst.points) throw refusal(msBeforeNext);
  }

  async function undo(name: RateRuleName, how: (counter: RateLimiterAbstract) => Promise<unknown>) {
    try {
      await how(counterOf(name, rules[name]));
    } catch (err) {
      logger.error({ err, rule: name }, "the store of rate limits doesn't answer");
    }
  }

  return {
    async take(name, key = NOBODY) {
      const rule = rules[name];
      try {
        await take(name, rule, hashed(key));
      } catch (cause) {
        if (cause instanceof AppError && cause.code === "rate_limited") throw cause;
        logger.error({ err: cause, rule: name }, "the store of rate limits doesn't answer");
        if (rule.storeDown === "refuse") throw new AppError("unavailable", { cause });
      }
    },
    forgive: (name, key = NOBODY) => undo(name, (counter) => counter.delete(hashed(key))),
    giveBack: (name, key = NOBODY) =>
      undo(name, async (counter) => {
        const { consumedPoints } = await counter.reward(hashed(key), 1);
        // It had passed the gate, which nobody else could since.
        if (rules[name].delaySeconds && consumedPoints >= rules[name].points - 1)
          await gateOf(name, rules[name]).delete(hashed(key));
      }),
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
