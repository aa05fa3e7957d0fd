import { describe, expect, it } from "vitest";
import { WaitingList } from "./waiting-list.ts";

function list(sizeMax: number, shareMax: number) {
  const evicted: string[] = [];
  return { evicted, waiting: new WaitingList<string>(sizeMax, shareMax, (item) => evicted.push(item)) };
}

describe("a full waiting list", () => {
  it("gives up who has waited longest, never who is new", () => {
    const { waiting, evicted } = list(2, 2);
    waiting.add("a", "net a");
    waiting.add("b", "net b");
    waiting.add("c", "net c");
    waiting.add("d", "net d");
    expect(evicted).toEqual(["a", "b"]);
    expect(waiting.size).toBe(2);
  });

  it("lets a network that has its share displace only its own", () => {
    const { waiting, evicted } = list(10, 3);
    waiting.add("honest", "elsewhere");
    for (let n = 0; n < 50; n++) waiting.add(`flood ${n}`, "one network");
    expect(evicted).toEqual(Array.from({ length: 47 }, (_, n) => `flood ${n}`));
    expect(waiting.size).toBe(4);
  });

  it("keeps no trace of who has left", () => {
    const { waiting, evicted } = list(2, 1);
    for (let n = 0; n < 100; n++) {
      waiting.add(`${n}`, "one network");
      waiting.remove(`${n}`);
      waiting.remove(`${n}`);
    }
    expect([waiting.size, evicted]).toEqual([0, []]);
    waiting.add("x", "one network");
    expect(waiting.drain()).toEqual(["x"]);
    expect(waiting.size).toBe(0);
  });
});
