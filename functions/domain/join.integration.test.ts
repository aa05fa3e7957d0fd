import { AppError } from "@parley/contract/errors";
import type { UserId } from "@parley/contract/ids";
import * as Memberships from "@parley/db/queries/memberships";
import * as Organizations from "@parley/db/queries/organizations";
import type { ActiveSession } from "@parley/db/queries/sessions";
import * as Users from "@parley/db/queries/users";
import { withOrg, withSystem } from "@parley/db/scope";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countInMemory } from "../limits/memory.ts";
import { createRateLimits } from "../limits/rate-limits.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import { join } from "./join.ts";
import { createPasswordQueue } from "./password-queue.ts";

const PEOPLE = 200;
const VOICES_MAX = 10;

let parley: TestApp;

beforeAll(async () => {
  parley = await startApp();
});
afterAll(() => parley.database.close());

/** Members without a log-in: hashing two hundred passwords would show nothing here. */
async function addMembers(): Promise<UserId[]> {
  const ids = await withSystem(parley.database, async (tx) => {
    const made: UserId[] = [];
    for (let n = 0; n < PEOPLE; n++) {
      const user = await Users.create(tx, { username: `voice${n}`, passwordHash: "x", now: new Date() });
      if (user) made.push(user.id);
    }
    return made;
  });
  await withOrg(parley.database, parley.orgId, async (tx) => {
    for (const id of ids) await Memberships.join(tx, parley.orgId, id, new Date());
  });
  return ids;
}

test(`of ${PEOPLE} who join in the same moment the quota of ${VOICES_MAX} lets ${VOICES_MAX} in`, async () => {
  const ids = await addMembers();
  expect(ids).toHaveLength(PEOPLE);
  const { id: channelId } = await parley.channel("Lobby");
  await withSystem(parley.database, (tx) =>
    Organizations.update(tx, parley.orgId, { voicesMax: VOICES_MAX }),
  );
  const logger = { info() {}, warn() {}, error() {} };
  const services = {
    db: parley.database,
    directory: parley.directory,
    keys: parley.keys,
    passwords: createPasswordQueue({ runningMax: 1, waitingMax: 1 }),
    limits: createRateLimits(countInMemory, logger),
    now: () => new Date(),
  };
  const outcomes = await Promise.all(
    ids.map(async (id) => {
      const session = { id, authenticatedAt: new Date(), user: { id, username: id } };
      const input = { orgId: parley.orgId, channelId, session: session as unknown as ActiveSession };
      return join(services, input).then(
        () => "in",
        (error) => (error instanceof AppError ? error.code : String(error)),
      );
    }),
  );
  const counts = Object.fromEntries(
    [...Map.groupBy(outcomes, (outcome) => outcome)].map(([outcome, all]) => [outcome, all.length]),
  );
  expect(counts).toEqual({ in: VOICES_MAX, quota_exceeded: PEOPLE - VOICES_MAX });
});
