/** How often one person may join, change things, and have channel passwords hashed. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPasswordQueue } from "../domain/password-queue.ts";
import { rateRules } from "../domain/rate-limits.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import {
  makeOrganization,
  registerPerson,
  type TestOrganization,
  type TestPerson,
} from "../testing/organization.ts";

/** Fewer than usual, so that the test needn't make three hundred. */
const CHANGES_MAX = 20;
let parley: TestApp;
let owner: TestPerson;
let member: TestPerson;
let stranger: TestPerson;
let organization: TestOrganization;
let hashes = 0;

beforeAll(async () => {
  const queue = createPasswordQueue({ runningMax: 2, waitingMax: 20 });
  const hash = (password: string) => {
    hashes++;
    return queue.hash(password);
  };
  parley = await startApp({
    rules: { ...rateRules, change: { ...rateRules.change, points: CHANGES_MAX } },
    passwords: { ...queue, hash },
  });
  owner = await registerPerson(parley, "owner");
  member = await registerPerson(parley, "member");
  stranger = await registerPerson(parley, "stranger");
  organization = await makeOrganization(parley, owner, "ACME");
  await organization.join(member);
});
afterAll(() => parley.database.close());

const lobby = async () =>
  (await organization.ask<{ channels: { id: string }[] }>(owner, "GET", "/channels")).channels[0]?.id;
const statuses = async (times: number, ask: () => Promise<string>) => {
  const answers: string[] = [];
  for (let n = 0; n < times; n++) answers.push(await ask());
  return answers;
};

test("five joins at once are let through, and then it says how long to wait", async () => {
  const path = `/channels/${await lobby()}/join`;
  const answers = await statuses(6, () => organization.outcome(member, "POST", path));
  expect(answers).toEqual([...Array(5).fill("200"), "429 rate_limited"]);
  const refused = await parley.post(organization.path(path), undefined, member.token);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await organization.outcome(owner, "POST", path)).toBe("200");
});

test("a channel's password is hashed for those who manage the channel, and ten times a minute", async () => {
  const path = `/channels/${await lobby()}/password`;
  const before = hashes;
  expect(await organization.outcome(stranger, "PUT", path, { password: "x" })).toBe("404 not_found");
  expect(await organization.outcome(member, "PUT", path, { password: "x" })).toBe("403 forbidden");
  const made = { name: "Mine", password: "x" };
  expect(await organization.outcome(stranger, "POST", "/channels", made)).toBe("404 not_found");
  expect(await organization.outcome(member, "POST", "/channels", made)).toBe("403 forbidden");
  expect(hashes).toBe(before);
  const answers = await statuses(11, () => organization.outcome(owner, "PUT", path, { password: "x" }));
  expect(answers).toEqual([...Array(10).fill("204"), "429 rate_limited"]);
  expect(hashes).toBe(before + 10);
});

test("changes have a limit per person, refused ones count, reading is free", async () => {
  const change = () => organization.outcome(stranger, "PATCH", "", { name: "Mine" });
  const answers = await statuses(CHANGES_MAX, change);
  expect(answers.at(-1)).toBe("429 rate_limited");
  expect(answers.filter((answer) => answer === "404 not_found").length).toBeGreaterThan(CHANGES_MAX - 4);
  expect(await organization.outcome(stranger, "GET", "")).toBe("404 not_found");
});
