import type { RoleId } from "@parley/contract/ids";
import * as P from "@parley/contract/permissions";
import { type Role, rolesResponseSchema } from "@parley/contract/roles";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import {
  makeOrganization,
  registerPerson,
  type TestOrganization,
  type TestPerson,
} from "../testing/organization.ts";

let parley: TestApp;
let organization: TestOrganization;
let owner: TestPerson;
let manager: TestPerson;
let low: RoleId;
let middle: RoleId;
let high: RoleId;

const HELD = P.MANAGE_ROLES | P.VIEW | P.CONNECT;

beforeAll(async () => {
  parley = await startApp();
  owner = await registerPerson(parley, "owner");
  manager = await registerPerson(parley, "manager");
  organization = await makeOrganization(parley, owner, "ACME");
  await organization.join(manager);
  high = await organization.role("High", P.VIEW);
  middle = await organization.role("Middle", HELD);
  low = await organization.role("Low", P.VIEW);
  await organization.assign(manager, middle);
});
afterAll(() => parley.database.close());

const list = async (): Promise<Role[]> =>
  rolesResponseSchema.parse(await organization.ask(manager, "GET", "/roles")).roles;

test("the highest stands first, everyone last", async () => {
  expect((await list()).map(({ name, position }) => [name, position])).toEqual([
    ["High", 3],
    ["Middle", 2],
    ["Low", 1],
    ["everyone", 0],
  ]);
});

test.each<[string, string, () => [string, object]]>([
  ["a bit that one holds, below", "200", () => [low, { permissions: String(P.VIEW | P.CONNECT) }]],
  ["a bit that one lacks", "403 forbidden", () => [low, { permissions: String(P.RECORD) }]],
  ["one's own role", "403 forbidden", () => [middle, { name: "Mine" }]],
  ["a role above", "403 forbidden", () => [high, { name: "Mine" }]],
  ["a bit that doesn't exist", "422 validation_failed", () => [low, { permissions: String(1n << 62n) }]],
  ["a negative number", "422 validation_failed", () => [low, { permissions: "-1" }]],
  ["a number", "422 validation_failed", () => [low, { permissions: 1 }]],
  ["a name that is taken", "409 name_taken", () => [low, { name: "HIGH" }]],
])("changing %s is answered with %s", async (_name, expected, change) => {
  const [role, body] = change();
  expect(await organization.outcome(manager, "PATCH", `/roles/${role}`, body)).toBe(expected);
});

test("a change of a role that somebody else changed meanwhile is refused", async () => {
  const version = async () => (await list()).find(({ id }) => id === low)?.version;
  const read = await version();
  const path = organization.path(`/roles/${low}`);
  const send = (permissions: bigint, match: unknown) =>
    parley.send("PATCH", path, { permissions: String(permissions) }, owner.token, {
      "if-match": `"${match}"`,
    });
  const faster = await send(P.VIEW, read);
  expect([faster.status, faster.headers.get("etag")]).toEqual([200, `"${await version()}"`]);
  expect((await send(P.VIEW | P.CONNECT | P.SPEAK, read)).status).toBe(412);
  expect((await list()).find(({ id }) => id === low)?.permissions).toBe(String(P.VIEW));
  expect((await send(P.VIEW | P.CONNECT, await version())).status).toBe(200);
});

test("a new role stands where it was asked for, within one's rank", async () => {
  const body = (name: string, position: number) => ({ name, permissions: "1", position });
  expect(await organization.outcome(manager, "POST", "/roles", body("Above", 3))).toBe("403 forbidden");
  expect(await organization.outcome(manager, "POST", "/roles", body("Between", 2))).toBe("201");
  expect((await list()).map(({ name }) => name)).toEqual(["High", "Middle", "Between", "Low", "everyone"]);
  const between = (await list()).find(({ name }) => name === "Between");
  expect(await organization.outcome(manager, "DELETE", `/roles/${between?.id}`)).toBe("204");
});

test("everyone can't be deleted, nor can what isn't there", async () => {
  const everyone = await organization.everyoneId();
  expect(await organization.outcome(owner, "DELETE", `/roles/${everyone}`)).toBe("403 forbidden");
  expect(await organization.outcome(owner, "DELETE", `/roles/${crypto.randomUUID()}`)).toBe("404 not_found");
});

test("an order names each role once, and leaves those above in place", async () => {
  const order = (...roleIds: string[]) => ({ roleIds });
  const reorder = (person: TestPerson, body: object) =>
    organization.outcome(person, "PUT", "/roles/order", body);
  expect(await reorder(owner, order(low))).toBe("409 roles_incomplete");
  expect(await reorder(owner, order(low, low, high))).toBe("422 validation_failed");
  expect(await reorder(owner, order(low, middle, high, crypto.randomUUID()))).toBe("404 not_found");
  expect(await reorder(manager, order(low, high, middle))).toBe("403 forbidden");
  expect(await reorder(owner, order(middle, low, high))).toBe("200");
  expect(await reorder(owner, order(low, middle, high))).toBe("200");
});

test("many orders at once leave each role with a rank of its own", async () => {
  const orders = [
    [low, middle, high],
    [high, middle, low],
    [middle, low, high],
  ];
  const all = Array.from({ length: 9 }, (_, n) => ({ roleIds: orders[n % 3] }));
  const outcomes = await Promise.all(
    all.map((body) => organization.outcome(owner, "PUT", "/roles/order", body)),
  );
  expect(new Set(outcomes)).toEqual(new Set(["200"]));
  expect((await list()).map(({ position }) => position)).toEqual([3, 2, 1, 0]);
});

test("no request of this file made a bug show", () => expect(parley.errors).toEqual([]));
