/** A whole control plane for a test file: a real database of the project's driver, seeded, with one ready node. */
import { type SessionResponse, sessionResponseSchema } from "@parley/contract/accounts";
import { type Channel, channelTreeResponseSchema } from "@parley/contract/channels";
import { type NodeId, type OrganizationId, organizationIdSchema } from "@parley/contract/ids";
import type { NodeRecord } from "@parley/contract/node-directory";
import * as Organizations from "@parley/db/queries/organizations";
import { withSystem } from "@parley/db/scope";
import { seed } from "@parley/db/seed";
import { openTestDatabase } from "@parley/db/testing/test-database";
import { createApp } from "../app.ts";
import { createBackground } from "../background.ts";
import { createMemoryDirectory } from "../directory/memory.ts";
import type { Mail } from "../domain/mailer.ts";
import type { PasswordQueue } from "../domain/password-queue.ts";
import { type RateRules, rateRules, rateRulesFor } from "../domain/rate-limits.ts";
import { generateKeys } from "../keys.ts";
import { countInMemory } from "../limits/memory.ts";
import { createRateLimits } from "../limits/rate-limits.ts";

export const READY_NODE: NodeRecord = {
  id: "node-a" as NodeId,
  bootEpoch: 1_700_000_000_000,
  region: "local",
  url: "/signal",
  state: "ready",
  participants: 0,
};

/** Good enough for everybody whom tests register. */
export const PASSWORD = "correct horse battery";

export type TestApp = Awaited<ReturnType<typeof startApp>>;

/** What tests do in a minute no person does. */
const UNHURRIED: RateRules = {
  ...rateRulesFor({ joinsPerMinute: 1_000_000 }),
  change: { ...rateRules.change, points: 1_000_000 },
  channelPasswordChange: { ...rateRules.channelPasswordChange, points: 1_000_000 },
};

interface TestAppOptions {
  rules?: RateRules;
  passwords?: PasswordQueue;
}

export async function startApp({ rules = UNHURRIED, passwords }: TestAppOptions = {}) {
  const database = await openTestDatabase();
  await seed(database, { production: false });
  const directory = createMemoryDirectory();
  await directory.heartbeat(READY_NODE);
  const keys = await generateKeys();
  /** Added to the clock; a test that moves it puts it back. */
  const clock = { aheadMs: 0 };
  const errors: object[] = [];
  const logger = { info() {}, warn() {}, error: (fields: object) => void errors.push(fields) };
  const now = () => new Date(Date.now() + clock.aheadMs);
  const background = createBackground(logger);
  const mails: Mail[] = [];
  /** How often the media nodes were to hear of news. */
  const told = { rightsChanged: 0 };
  let callers = 0;
  let limits = createRateLimits(countInMemory, logger, rules);
  const app = createApp({
    database,
    directory,
    keys,
    now,
    logger,
    background,
    onRightsChanged: () => {
      told.rightsChanged++;
    },
    limits: {
      take: (...tried) => limits.take(...tried),
      forgive: (...tried) => limits.forgive(...tried),
      giveBack: (...tried) => limits.giveBack(...tried),
    },
    ...(passwords ? { passwords } : {}),
    mailer: { send: async (mail) => void mails.push(mail) },
    // A test says where a request comes from; else each comes from somewhere else.
    clientIp: (c) =>
      c.req.header("x-test-ip") ?? `10.${++callers >> 16}.${(callers >> 8) & 255}.${callers & 255}`,
  });

  const demo = await withSystem(database, (tx) => Organizations.findByTag(tx, "DEMO"));
  const orgId: OrganizationId = organizationIdSchema.parse(demo?.id);

  const get = (path: string, token?: string) => send("GET", path, undefined, token);
  const post = (path: string, body?: unknown, token?: string) => send("POST", path, body, token);
  const send = async (
    method: string,
    path: string,
    body?: unknown,
    token?: string,
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    app.request(path, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...bearer(token),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  async function login(username: string, password = `${username}123`): Promise<SessionResponse> {
    const response = await post("/v1/auth/login", { username, password });
    return sessionResponseSchema.parse(await response.json());
  }

  async function register(username: string, password = PASSWORD): Promise<SessionResponse> {
    const response = await post("/v1/auth/register", { username, password });
    return sessionResponseSchema.parse(await response.json());
  }

  /** The token in the last mail to an address, once everything under way was sent. */
  async function mailedToken(to: string): Promise<string> {
    await background.settled();
    const token = /#(?:verify|reset)=([\w-]+)/.exec(
      mails.findLast((mail) => mail.to === to)?.text ?? "",
    )?.[1];
    if (token === undefined) throw new Error(`no link was mailed to ${to}`);
    return token;
  }

  async function channel(name: string): Promise<Channel> {
    const { accessToken } = await login("demo");
    const response = await get(`/v1/orgs/${orgId}/channels`, accessToken);
    const found = channelTreeResponseSchema
      .parse(await response.json())
      .channels.find((entry) => entry.name === name);
    if (!found) throw new Error(`no channel ${name}`);
    return found;
  }

  return {
    app,
    database,
    directory,
    keys,
    clock,
    errors,
    mails,
    told,
    background,
    orgId,
    get,
    post,
    send,
    login,
    register,
    mailedToken,
    /** What was counted so far counts no more, for tests that are about something else. */
    forgetRates: () => {
      limits = createRateLimits(countInMemory, logger, rules);
    },
    channel,
  };
}

const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };
