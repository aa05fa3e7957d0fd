/** Whatever narrows rights is in the outbox for the media nodes, by the transaction that narrowed them. */
import type { ParticipantId, RoleId } from "@parley/contract/ids";
import * as P from "@parley/contract/permissions";
import * as AuthzChanges from "@parley/db/queries/authz-changes";
import { rowsOf } from "@parley/db/rows";
import { withSystem } from "@parley/db/scope";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { READY_NODE, startApp, type TestApp } from "./testing/app.ts";
import {
  makeOrganization,
  registerPerson,
  type TestOrganization,
  type TestPerson,
} from "./testing/organization.ts";

let parley: TestApp;
let organization: TestOrganization;
let owner: TestPerson;
let bob: TestPerson;
let made = 0;

beforeAll(async () => {
  parley = await startApp();
  owner = await registerPerson(parley, "owner");
  bob = await registerPerson(parley, "robert");
  organization = await makeOrganization(parley, owner, "ACME");
  await organization.join(bob);
});
afterAll(() => parley.database.close());

const ask = (method: string, rest: string, body?: unknown) => organization.ask(owner, method, rest, body);
const channel = (parentId: string | null = null) =>
  organization.channel(`Channel ${++made}`, parentId as Parameters<TestOrganization["channel"]>[1]);
const role = () => organization.role(`Role ${++made}`, P.SPEAK);
const held = async (): Promise<RoleId> => {
  const id = await role();
  await organization.assign(bob, id);
  return id;
};

/** A row of the outbox, as what it says of whom and where. */
interface Told {
  kind: string;
  of?: "bob" | "owner";
  in?: string;
}

async function toldBy(work: () => Promise<unknown>): Promise<Told[]> {
  const before = await withSystem(parley.database, AuthzChanges.lastSeq);
  await work();
  const rows = await withSystem(parley.database, (tx) => AuthzChanges.listAfter(tx, before, 100));
  return rows.map(({ kind, userId, channelId }) => ({
    kind,
    ...(userId === null ? {} : { of: userId === bob.id ? "bob" : "owner" }),
    ...(channelId === null ? {} : { in: channelId }),
  }));
}

/** Rows that one transaction wrote carry its number. */
const transactionOfLast = (table: "authz_changes" | "audit_log") =>
  withSystem(parley.database, async (tx) => {
    const [row] = await rowsOf<{ xid: string }>(
      tx,
      sql`select xmin::text as xid from ${sql.identifier(table)} order by seq desc limit 1`,
    );
    return row?.xid;
  });

/** Prepares, and gives the change with what is to be told of it. */
type Narrowing = () => Promise<[change: () => Promise<unknown>, told: Told[]]>;

const back = () => organization.join(bob);
const RIGHTS = [{ kind: "rights" }];
const OF_BOB: Told[] = [{ kind: "rights", of: "bob" }];

test.each<[string, Narrowing, after?: () => Promise<unknown>]>([
  [
    "a role that gives less",
    async () => {
      const id = await held();
      return [() => ask("PATCH", `/roles/${id}`, { permissions: "0" }), RIGHTS];
    },
  ],
  [
    "a role that is gone",
    async () => {
      const id = await held();
      return [() => ask("DELETE", `/roles/${id}`), RIGHTS];
    },
  ],
  [
    "a role taken from somebody",
    async () => {
      const id = await held();
      return [() => ask("DELETE", `/members/${bob.id}/roles/${id}`), OF_BOB];
    },
  ],
  [
    "all roles taken from somebody",
    async () => {
      await held();
      return [() => ask("PATCH", `/members/${bob.id}`, { roleIds: [] }), OF_BOB];
    },
  ],
  [
    "a channel's entries",
    async () => {
      const id = await channel();
      const subject = { type: "user", id: bob.id };
      const acl = { inherit: true, entries: [{ subject, allow: "0", deny: P.SPEAK.toString() }] };
      return [() => ask("PUT", `/channels/${id}/acl`, acl), RIGHTS];
    },
  ],
  [
    "another parent, whose entries count from now on",
    async () => {
      const [id, parent] = [await channel(), await channel()];
      return [() => ask("POST", `/channels/${id}/move`, { parentId: parent, afterId: null }), RIGHTS];
    },
  ],
  [
    "a channel that goes with all below it",
    async () => {
      const id = await channel();
      const below = await channel(id);
      const told = [id, below].map((gone) => ({ kind: "channel", in: gone }));
      return [() => ask("DELETE", `/channels/${id}?cascade=true`), told];
    },
  ],
  [
    "a password that everyone has to show anew",
    async () => {
      const id = await channel();
      const body = { password: "sesame", everyoneOut: true };
      return [() => ask("PUT", `/channels/${id}/password`, body), [{ kind: "disconnected", in: id }]];
    },
  ],
  [
    "being taken out of voice",
    async () => {
      const id = await channel();
      const participantId = "1" as ParticipantId;
      await parley.directory.setPresence(READY_NODE.id, organization.id, [
        { channelId: id, participantId, userId: bob.id, name: "bob", muted: false },
      ]);
      const told: Told[] = [{ kind: "disconnected", of: "bob", in: id }];
      return [() => ask("POST", `/voice/${bob.id}/disconnect`), told];
    },
  ],
  [
    "a time-out",
    async () => [() => ask("PUT", `/members/${bob.id}/timeout`, { durationSeconds: 60 }), OF_BOB],
    () => ask("DELETE", `/members/${bob.id}/timeout`),
  ],
  [
    "leaving",
    async () => [
      () => organization.ask(bob, "DELETE", `/members/${bob.id}`),
      [{ kind: "kicked", of: "bob" }],
    ],
    back,
  ],
  ["a kick", async () => [() => ask("DELETE", `/members/${bob.id}`), [{ kind: "kicked", of: "bob" }]], back],
  [
    "a ban",
    async () => [() => ask("PUT", `/members/${bob.id}/ban`, { reason: "" }), [{ kind: "banned", of: "bob" }]],
    async () => {
      await ask("DELETE", `/members/${bob.id}/ban`);
      await back();
    },
  ],
  [
    "ownership that goes to another",
    async () => [
      () => ask("POST", "/transfer", { userId: bob.id }),
      [{ kind: "rights", of: "owner" }, ...OF_BOB],
    ],
    () => organization.ask(bob, "POST", "/transfer", { userId: owner.id }),
  ],
])("%s", async (_what, prepare, after) => {
  const [change, told] = await prepare();
  const wakings = parley.told.rightsChanged;
  const inOrder = (rows: readonly Told[]) => rows.map((row) => JSON.stringify(row)).toSorted();
  expect(inOrder(await toldBy(change))).toEqual(inOrder(told));
  expect(await transactionOfLast("authz_changes")).toBe(await transactionOfLast("audit_log"));
  expect(parley.told.rightsChanged).toBe(wakings + 1);
  await after?.();
});

test("what narrows nothing, or is refused, tells nothing", async () => {
  const [id, parent] = [await channel(), await channel()];
  const told = await toldBy(async () => {
    await ask("PATCH", `/channels/${id}`, { topic: "Another" });
    await ask("POST", `/channels/${id}/move`, { parentId: null, afterId: parent });
    expect(await organization.outcome(bob, "DELETE", `/channels/${id}`)).toBe("403 forbidden");
    expect(await organization.outcome(bob, "DELETE", `/members/${owner.id}`)).toBe("403 forbidden");
  });
  expect(told).toEqual([]);
});

test("an organisation that is deleted, last of all", async () => {
  expect(await toldBy(() => ask("DELETE", ""))).toEqual([{ kind: "organization" }]);
});

test("no request of this file made a bug show", () => expect(parley.errors).toEqual([]));
