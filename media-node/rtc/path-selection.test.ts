import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Path } from "./path.ts";
import { PathSelection } from "./path-selection.ts";

/** A path whose other end the test is. */
class TestPath extends Path {
  send() {}
  placeToSeal() {
    return -1;
  }
  sendSealed() {}
  attach() {}
  close() {
    selection.lost(this);
  }
}

let selection: PathSelection;
let asked: [Path, Buffer][];
let evicted: number;
/** Where voice goes, as it was told. */
let told: Path | undefined;
beforeEach(() => {
  asked = [];
  evicted = 0;
  told = undefined;
  selection = new PathSelection({
    onAsk: (path, transactionId) => asked.push([path, transactionId]),
    onEvicted: () => evicted++,
    onProven: (path) => {
      told = path;
    },
  });
});
afterEach(() => expect(selection.proven).toBe(told));

let ports = 0;
const open = () => new TestPath("192.0.2.1", ++ports, 0);
/** The client answers on a path, as one does who really is there. */
function prove(path: Path) {
  const transactionId = asked.findLast(([each]) => each === path)?.[1];
  expect(transactionId && selection.expects(path, transactionId)).toBe(true);
  selection.proved(path);
}

describe("nomination", () => {
  it("of every path as it is checked: the highest priority counts, not the last", () => {
    const [udp, tcp, better] = [open(), open(), open()];
    selection.checked(udp, 100, true, 0);
    selection.checked(tcp, 10, true, 50);
    expect(selection.chosen).toBe(udp);
    selection.checked(better, 200, true, 100);
    expect(selection.chosen).toBe(better);
  });

  it("later on is a change of mind, whatever the priority", () => {
    const [wifi, cellular] = [open(), open()];
    selection.checked(wifi, 100, true, 0);
    selection.checked(wifi, 100, true, 60_000);
    selection.checked(cellular, 10, true, 60_100);
    expect(selection.chosen).toBe(cellular);
  });

  it("isn't waited for where there is no path yet, or the chosen one has gone silent", () => {
    const [first, second] = [open(), open()];
    selection.checked(first, 100, false, 0);
    expect(selection.chosen).toBe(first);
    selection.checked(second, 10, false, 7_900);
    expect(selection.chosen, "one late consent check is no silence").toBe(first);
    selection.checked(second, 10, false, 8_100);
    expect(selection.chosen).toBe(second);
  });

  it("of a path that isn't the first moves the choice, though the first had the higher priority", () => {
    const [first, nominated] = [open(), open()];
    selection.checked(first, 100, false, 0);
    selection.checked(nominated, 10, true, 50);
    expect(selection.chosen).toBe(nominated);
  });
});

describe("consent", () => {
  it("is each path's own: voice stays where it was proved until the client answers on the new path", () => {
    const [own, somebodyElses] = [open(), open()];
    selection.checked(own, 100, true, 0);
    expect(told).toBeUndefined();
    prove(own);
    for (let nowMs = 10_000; nowMs < 100_000; nowMs += 5_000) {
      selection.checked(own, 100, false, nowMs);
      selection.checked(somebodyElses, 100, true, nowMs);
      expect([selection.chosen, told]).toEqual([somebodyElses, own]);
    }
    prove(somebodyElses);
    expect(told).toBe(somebodyElses);
  });

  it("can't be given with a transaction that another path was asked with", () => {
    const [own, somebodyElses] = [open(), open()];
    selection.checked(own, 100, true, 0);
    selection.checked(somebodyElses, 100, true, 5_000);
    const [, transactionId] = asked[0] as [Path, Buffer];
    expect(selection.expects(own, transactionId)).toBe(true);
    expect(selection.expects(somebodyElses, transactionId)).toBe(false);
  });

  it("is asked for again until it comes, and no more then", () => {
    const path = open();
    selection.checked(path, 100, true, 0);
    selection.ask();
    expect(asked).toHaveLength(2);
    prove(path);
    selection.ask();
    selection.checked(path, 100, true, 100);
    expect(asked).toHaveLength(2);
  });

  it("has to be given anew, and not by an old answer, on a path that was silent for 15 s", () => {
    const [old, current] = [open(), open()];
    selection.checked(old, 100, true, 0);
    prove(old);
    const [, transactionId] = asked[0] as [Path, Buffer];
    selection.checked(current, 100, true, 10_000);
    prove(current);
    // Somebody else's by now, for all we know.
    selection.checked(old, 100, true, 15_001);
    expect([selection.chosen, told]).toEqual([old, current]);
    expect(selection.expects(old, transactionId)).toBe(false);
    prove(old);
    expect(told).toBe(old);
  });

  it("isn't had again by falling back to a path that was silent for so long", () => {
    const [old, current] = [open(), open()];
    selection.checked(old, 100, true, 0);
    prove(old);
    selection.checked(current, 200, true, 9_000);
    prove(current);
    selection.expire(15_001, 15_000);
    selection.lost(current);
    expect([selection.chosen, told]).toEqual([old, undefined]);
  });

  it("ends with the path's own checks, though another path is checked", () => {
    const [gone, other] = [open(), open()];
    selection.checked(gone, 100, true, 0);
    prove(gone);
    selection.checked(other, 10, false, 7_000);
    selection.expire(15_001, 15_000);
    expect(told).toBeUndefined();
  });
});

it("a client has eight paths at most; the one checked longest ago goes, never the one in use", () => {
  const paths = Array.from({ length: 12 }, open);
  paths.forEach((path, n) => {
    selection.checked(path, 100, n === 0, n);
    if (n === 0) prove(path);
  });
  expect(evicted).toBe(4);
  expect(told).toBe(paths[0]);
  for (const path of paths) selection.lost(path);
  expect([selection.chosen, told]).toEqual([undefined, undefined]);
});
