import type { ChannelId, ParticipantId } from "@parley/contract/ids";
import * as P from "@parley/contract/permissions";
import * as AuthzChanges from "@parley/db/queries/authz-changes";
import { withSystem } from "@parley/db/scope";
import { afterAll, beforeAll, expect, test } from "vitest";
import { READY_NODE, startApp, type TestApp } from "../testing/app.ts";
import {
  makeOrganization,
  registerPerson,
  type TestOrganization,
  type TestPerson,
} from "../testing/organization.ts";

let parley: TestApp;
let organization: TestOrganization;
let owner: TestPerson;
let mover: TestPerson;
let peer: TestPerson;
let bob: TestPerson;
let stage: ChannelId;

beforeAll(async () => {
  parley = await startApp();
  owner = await registerPerson(parley, "owner");
  mover = await registerPerson(parley, "mover");
  peer = await registerPerson(parley, "peer");
  bob = await registerPerson(parley, "robert");
  organization = await makeOrganization(parley, owner, "ACME");
  for (const person of [mover, peer, bob]) await organization.join(person);
  const role = await organization.role("Mover", P.MOVE_MEMBERS);
  for (const person of [mover, peer]) await organization.assign(person, role);
  stage = await organization.channel("Stage");
});
afterAll(() => parley.database.close());

const putIntoVoice = (person: TestPerson) =>
  parley.directory.setPresence(READY_NODE.id, organization.id, [
    {
      channelId: stage,
      participantId: "1" as ParticipantId,
      userId: person.id,
      name: person.name,
      muted: false,
    },
  ]);
const disconnect = (actor: TestPerson, target: TestPerson) =>
  organization.outcome(actor, "POST", `/voice/${target.id}/disconnect`);
const setStage = (...entries: object[]) =>
  organization.ask(owner, "PUT", `/channels/${stage}/acl`, { inherit: true, entries });
const deny = (person: TestPerson, bits: bigint) => ({
  subject: { type: "user", id: person.id },
  allow: "0",
  deny: bits.toString(),
});

test("whoever may move people takes them out of voice, and the nodes are to hear of it", async () => {
  await putIntoVoice(bob);
  const before = await withSystem(parley.database, AuthzChanges.lastSeq);
  expect(await disconnect(mover, bob)).toBe("204");
  expect(await withSystem(parley.database, AuthzChanges.lastSeq)).toBe(before + 1);
});

test("who lacks the permission there, or the rank, is refused", async () => {
  await putIntoVoice(bob);
  expect(await disconnect(bob, bob)).toBe("403 forbidden");
  await setStage(deny(mover, P.MOVE_MEMBERS));
  expect(await disconnect(mover, bob)).toBe("403 forbidden");
  await setStage();
  for (const target of [peer, owner]) {
    await putIntoVoice(target);
    expect(await disconnect(mover, target)).toBe("403 forbidden");
  }
});

test("nobody hears of who is in a channel that they don't see, or in none", async () => {
  await putIntoVoice(bob);
  await setStage(deny(mover, P.VIEW));
  expect(await disconnect(mover, bob)).toBe("404 not_found");
  await setStage();
  await parley.directory.setPresence(READY_NODE.id, organization.id, []);
  expect(await disconnect(mover, bob)).toBe("404 not_found");
  expect(await disconnect(mover, { ...bob, id: crypto.randomUUID() as typeof bob.id })).toBe("404 not_found");
});

test("no request of this file made a bug show", () => expect(parley.errors).toEqual([]));
