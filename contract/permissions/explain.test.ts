import { describe, expect, test } from "vitest";
import type { ChannelId } from "../ids.ts";
import * as P from "../permissions.ts";
import {
  channel,
  EVERYONE,
  everyone,
  forRole,
  forUser,
  member,
  rights,
  role,
} from "../testing/organization.ts";

const { VIEW, CONNECT, SPEAK } = P;
const ROLES = [everyone(VIEW | CONNECT | SPEAK), role("r1", 1, P.RECORD), role("admin", 2, P.ADMINISTRATOR)];
const bob = member("bob", ["r1"]);
const TREE = [channel("p"), channel("c", "p")];

/** Reasons in short: kind, effect, and what they name. */
const why = (bit: bigint, entries: P.AclEntry[], subject = bob, channels = TREE): string[] => {
  const { bits } = P.explain(rights(ROLES, channels, entries), subject, "c" as ChannelId);
  return (bits.find((one) => one.bit === bit)?.reasons ?? []).map((reason) =>
    [
      reason.effect === "give" ? "+" : "-",
      reason.kind,
      "roleId" in reason ? reason.roleId : undefined,
      "channelId" in reason ? reason.channelId : undefined,
      "subject" in reason ? reason.subject.id : undefined,
    ]
      .filter((part) => part !== undefined)
      .join(" "),
  );
};

describe("why can't Bob speak here?", () => {
  test("his role gives it and a channel above takes it", () => {
    expect(why(SPEAK, [forRole("p", EVERYONE, { deny: SPEAK })])).toEqual([
      "+ role everyone",
      "- entry p everyone",
    ]);
  });

  test("everyone's entry, roles that take, roles that give, then his own", () => {
    const entries = [
      forUser("c", "bob", { deny: SPEAK }),
      forRole("c", "r1", { allow: SPEAK }),
      forRole("c", EVERYONE, { deny: SPEAK }),
    ];
    expect(why(SPEAK, entries)).toEqual([
      "+ role everyone",
      "- entry c everyone",
      "+ entry c r1",
      "- entry c bob",
    ]);
  });

  test("an entry above that is for that channel alone isn't a reason", () => {
    expect(why(SPEAK, [forRole("p", EVERYONE, { deny: SPEAK, appliesTo: "here" })])).toEqual([
      "+ role everyone",
    ]);
  });

  test("the channel doesn't inherit", () => {
    const channels = [channel("p"), channel("c", "p", false)];
    expect(why(SPEAK, [forRole("p", EVERYONE, { deny: SPEAK })], bob, channels)).toEqual([
      "+ role everyone",
      "- entry p everyone",
      "+ not_inherited c",
    ]);
  });

  test("a channel above hides this one, and the entry that does so is named, though it is for there alone", () => {
    const entries = [
      forRole("p", EVERYONE, { deny: VIEW, appliesTo: "here" }),
      forUser("c", "bob", { allow: SPEAK }),
    ];
    expect(why(SPEAK, entries)).toEqual(["+ role everyone", "- view_missing p"]);
    expect(why(VIEW, entries)).toEqual(["+ role everyone", "- entry p everyone", "- view_missing p"]);
  });

  test("he can't connect", () => {
    const entries = [forUser("c", "bob", { deny: CONNECT })];
    expect(why(SPEAK, entries)).toEqual(["+ role everyone", "- connect_missing c"]);
    expect(why(CONNECT, entries)).toEqual(["+ role everyone", "- entry c bob"]);
  });

  test("he is timed out, which leaves him the sight", () => {
    const timedOut = { ...bob, timedOut: true };
    expect(why(SPEAK, [], timedOut)).toEqual(["+ role everyone", "- timed_out"]);
    expect(why(VIEW, [], timedOut)).toEqual(["+ role everyone"]);
  });

  test("he is banned, or not a member", () => {
    expect(why(SPEAK, [], { ...bob, status: "banned" })).toEqual(["- banned"]);
    expect(why(SPEAK, [], { ...bob, status: "none" })).toEqual(["- not_a_member"]);
  });

  test("nothing ever gave it", () => {
    expect(why(P.WHISPER, [])).toEqual([]);
  });
});

describe("why may they?", () => {
  test("the owner and administrators, whatever entries say", () => {
    const entries = [forUser("c", "bob", { deny: SPEAK })];
    expect(why(SPEAK, entries, { ...bob, isOwner: true })).toEqual(["+ owner"]);
    expect(why(SPEAK, entries, member("bob", ["admin"]))).toEqual(["+ administrator admin"]);
  });

  test("an entry that names an organisation's bit isn't a reason", () => {
    expect(why(P.KICK_MEMBERS, [forUser("c", "bob", { allow: P.KICK_MEMBERS })])).toEqual([]);
  });
});
