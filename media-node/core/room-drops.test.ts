import type { ParticipantId } from "@parley/contract/ids";
import { expect, it } from "vitest";
import { RoomDrops } from "./room-drops.ts";
import { RoomSimulation } from "./testing/room-simulation.ts";

const rights = (n: number, canSpeak: boolean) =>
  ({ type: "rights", id: String(n) as ParticipantId, canSpeak, isPriority: false }) as const;

/** What was counted beside nothing. */
function counted(simulation: RoomSimulation, untilMs: number): Partial<RoomDrops> {
  simulation.run(untilMs);
  return Object.fromEntries(Object.entries(simulation.drops).filter(([, count]) => count > 0));
}

function room(people: number, voices = 8): RoomSimulation {
  const simulation = new RoomSimulation({ voices, seed: 3 });
  for (let n = 1; n <= people; n++) simulation.join(n);
  return simulation;
}

it("counts nothing of what is heard", () => {
  const simulation = room(3);
  simulation.talk(1, 0, 1_000);
  expect(counted(simulation, 1_100)).toEqual({});
});

it("counts by reason what of a talker's packets nobody hears", () => {
  const muted = room(3);
  muted.mute(1, true);
  muted.talk(1, 0, 1_000);
  expect(counted(muted, 1_100)).toEqual({ muted: 50 });

  const forbidden = room(3);
  forbidden.room.handle(rights(1, false), 0);
  forbidden.talk(1, 0, 1_000);
  expect(counted(forbidden, 1_100)).toEqual({ forbidden: 50 });

  const unselected = room(3, 1);
  unselected.talk(1, 0, 1_000, -20);
  unselected.talk(2, 0, 1_000, -40);
  expect(counted(unselected, 1_100)).toEqual({ unselected: 50 });

  const shed = room(3);
  shed.shedVoices = 1;
  shed.talk(1, 0, 1_000, -20);
  shed.talk(2, 0, 1_000, -40);
  // The first tick knows who is least loud.
  expect(counted(shed, 1_100)).toEqual({ shed: 46 });
});

it("counts the copies that one listener alone misses", () => {
  const beyond = room(2);
  beyond.join(3, { voices: 1 });
  beyond.talk(2, 0, 1_000);
  expect(counted(beyond, 1_100)).toEqual({ beyondVoices: 50 });

  const late = room(2);
  late.talk(1, 0, 2_000);
  // One packet comes a second after its time.
  const straggler = late.arrivals[40];
  if (straggler) straggler.atMs += 1_000;
  expect(counted(late, 2_100)).toEqual({ late: 1 });
});

it("names each reason in metrics", () => {
  const drops = new RoomDrops();
  for (const [index, reason] of (Object.keys(drops) as (keyof RoomDrops)[]).entries())
    if (reason !== "snapshot") drops[reason] = index + 1;
  expect(Object.values(drops.snapshot())).toEqual([1, 2, 3, 4, 5, 6]);
});
