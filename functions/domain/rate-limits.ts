/** How often what may be tried. A rule counts per key: an account, an address, both. */

export interface RateRule {
  /** Free tries in each period. */
  points: number;
  periodSeconds: number;
  /**
   * Beyond the free tries one more is let through after each delay, which doubles from the first to the last: slow
   * for who guesses, and never a lock-out for the owner. Without it, further tries wait for the next period.
   */
  delaySeconds?: { first: number; last: number };
  /** Of the free tries no more than these come close together. */
  burst?: { points: number; periodSeconds: number };
  /** What happens when the store of counters is out of reach. */
  storeDown: "refuse" | "allow";
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

export const rateRules = {
  /** Per account and address; failures only. */
  login: {
    points: 10,
    periodSeconds: 15 * MINUTE,
    delaySeconds: { first: 15, last: 15 * MINUTE },
    storeDown: "refuse",
  },
  /**
   * Per address, over all accounts; failures only: one common password tried on everybody. Many people may share an
   * address, so what one of them does may slow the others down and not lock them out.
   */
  loginOfAddress: {
    points: 100,
    periodSeconds: 15 * MINUTE,
    delaySeconds: { first: 5, last: 10 },
    storeDown: "refuse",
  },
  /** Per account, wherever from; failures only. Who gets here knows the password. */
  secondFactor: {
    points: 10,
    periodSeconds: 15 * MINUTE,
    delaySeconds: { first: 60, last: HOUR },
    storeDown: "refuse",
  },
  register: { points: 5, periodSeconds: HOUR, storeDown: "refuse" },
  /** New passwords of an account: each is hashed, and hashing is what everybody queues for. */
  newPassword: { points: 30, periodSeconds: HOUR, storeDown: "refuse" },
  rename: { points: 5, periodSeconds: HOUR, storeDown: "refuse" },
  /** Per email address, whether or not it is an account's. */
  reset: { points: 3, periodSeconds: HOUR, storeDown: "refuse" },
  /** Mails that an account has sent to addresses of its choice. */
  verifyMail: { points: 5, periodSeconds: HOUR, storeDown: "refuse" },
  /** Guesses of mailed tokens, and challenges asked for, per address. */
  anonymous: { points: 60, periodSeconds: MINUTE, storeDown: "allow" },
  refresh: { points: 30, periodSeconds: MINUTE, storeDown: "allow" },
  /** Per person, whatever the channel. A room's place is Postgres's to keep, so calls go on without a store. */
  join: {
    points: 10,
    periodSeconds: MINUTE,
    burst: { points: 5, periodSeconds: 10 },
    storeDown: "allow",
  },
  /** Per person and channel; wrong ones only. */
  channelPassword: { points: 5, periodSeconds: MINUTE, storeDown: "refuse" },
  /** Hashes that a person's changes of channel passwords cost. */
  channelPasswordChange: { points: 10, periodSeconds: MINUTE, storeDown: "refuse" },
  /** Per person, in all organisations: whatever writes there, done or refused. */
  change: { points: 300, periodSeconds: MINUTE, storeDown: "allow" },
  export: { points: 10, periodSeconds: HOUR, storeDown: "allow" },
} as const satisfies Record<string, RateRule>;

export type RateRuleName = keyof typeof rateRules;
export type RateRules = Readonly<Record<RateRuleName, RateRule>>;

/** The rules of an installation that chose its own rate of joins: half of them may come close together. */
export function rateRulesFor({ joinsPerMinute }: { joinsPerMinute: number }): RateRules {
  const burst = { ...rateRules.join.burst, points: Math.ceil(joinsPerMinute / 2) };
  return { ...rateRules, join: { ...rateRules.join, points: joinsPerMinute, burst } };
}

export interface RateLimits {
  /**
   * Counts a try. Throws `rate_limited` with the time to wait, and `unavailable` where a rule that refuses has no
   * store. All who come with an undefined key, such as an unknown address, count as one.
   */
  take(rule: RateRuleName, key: string | undefined): Promise<void>;
  /** Forgets all tries of a key: the last one was good. */
  forgive(rule: RateRuleName, key: string | undefined): Promise<void>;
  /** Takes one try back, and leaves those of others and from before. */
  giveBack(rule: RateRuleName, key: string | undefined): Promise<void>;
}
