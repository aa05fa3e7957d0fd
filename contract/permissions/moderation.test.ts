import { describe, expect, test } from "vitest";
import * as P from "../permissions.ts";
import { everyone, member, role } from "../testing/organization.ts";

const { CONNECT, KICK_MEMBERS, MANAGE_CHANNEL, MOVE_MEMBERS, VIEW } = P;
const ROLES = [
  everyone(VIEW),
  role("low", 1, 0n),
  role("mod", 2, KICK_MEMBERS),
  role("admin", 3, P.ADMINISTRATOR),
];
const owner = member("owner", [], { isOwner: true });
const mod = member("mod", ["mod"]);
const bob = member("bob", ["low"]);
const chief = member("chief", ["admin", "mod"]);

describe("acting on members", () => {
  test("the bit and a strictly higher rank suffice", () => {
    expect(P.findActionRefusal(ROLES, mod, bob, KICK_MEMBERS)).toBeUndefined();
    expect(P.findActionRefusal(ROLES, owner, chief, P.BAN_MEMBERS)).toBeUndefined();
  });

  test("equal rank is refused, oneself included", () => {
    expect(P.findActionRefusal(ROLES, mod, member("peer", ["mod"]), KICK_MEMBERS)).toEqual({
      kind: "rank_too_low",
    });
    expect(P.findActionRefusal(ROLES, mod, mod, KICK_MEMBERS)).toEqual({ kind: "rank_too_low" });
  });

  test("without the bit rank doesn't help", () => {
    expect(P.findActionRefusal(ROLES, mod, bob, P.BAN_MEMBERS)).toMatchObject({ kind: "permission_missing" });
  });

  test("the owner is never a target, not even their own", () => {
    for (const actor of [chief, owner]) {
      expect(P.findActionRefusal(ROLES, actor, owner, KICK_MEMBERS)).toEqual({ kind: "owner_untouchable" });
    }
  });

  test("those banned, outside or timed out act on nobody", () => {
    for (const actor of [
      member("mod", ["mod"], { status: "banned" }),
      member("mod", ["mod"], { status: "none" }),
      member("mod", ["mod"], { timedOut: true }),
    ]) {
      expect(P.findActionRefusal(ROLES, actor, bob, KICK_MEMBERS)).toMatchObject({
        kind: "permission_missing",
      });
    }
  });

  test("an administrator can't be timed out, since it would stop nothing", () => {
    expect(P.findTimeOutRefusal(ROLES, owner, chief)).toEqual({ kind: "administrator_untouchable" });
    expect(P.findTimeOutRefusal(ROLES, mod, bob)).toBeUndefined();
    expect(P.findTimeOutRefusal(ROLES, bob, mod)).toMatchObject({ kind: "permission_missing" });
  });
});

describe("moving a member", () => {
  const MOVER = MOVE_MEMBERS | CONNECT;
  const place = { moverAtSource: MOVER, moverAtDestination: MOVER, targetAtDestination: CONNECT };
  const move = (rest: Partial<P.MoveRights>, target = bob) =>
    P.findMoveRefusal(ROLES, mod, target, { ...place, ...rest });

  test("needs MOVE_MEMBERS at both ends", () => {
    expect(move({})).toBeUndefined();
    expect(move({ moverAtSource: CONNECT })).toMatchObject({
      kind: "permission_missing",
      bits: MOVE_MEMBERS,
    });
    expect(move({ moverAtDestination: CONNECT })).toMatchObject({
      kind: "permission_missing",
      bits: MOVE_MEMBERS,
    });
  });

  test("takes nobody where they may not connect, unless the mover manages that channel", () => {
    expect(move({ targetAtDestination: VIEW })).toEqual({ kind: "target_cannot_connect" });
    expect(move({ targetAtDestination: VIEW, moverAtDestination: MOVER | MANAGE_CHANNEL })).toBeUndefined();
  });

  test("needs a higher rank, and the owner stays put", () => {
    expect(move({}, chief)).toEqual({ kind: "rank_too_low" });
    expect(move({}, owner)).toEqual({ kind: "owner_untouchable" });
  });
});
