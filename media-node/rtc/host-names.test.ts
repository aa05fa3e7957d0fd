import { expect, it } from "vitest";
import { HostNames } from "./host-names.ts";

/** Name servers that answer when they are told to. */
function slowServers() {
  const asked: string[] = [];
  const answered = Promise.withResolvers<string[]>();
  const names = new HostNames({
    resolve4(name) {
      asked.push(name);
      return answered.promise;
    },
    resolve6: () => Promise.reject(new Error("no such record")),
  });
  return { asked, answered, names };
}

it("a name is asked for once, however many want to know, and kept", async () => {
  const { asked, answered, names } = slowServers();
  const all = Array.from({ length: 50 }, () => names.resolve("slow.example"));
  answered.resolve(["192.0.2.1"]);
  expect(new Set((await Promise.all(all)).flat())).toEqual(new Set(["192.0.2.1"]));
  await names.resolve("slow.example");
  expect(asked).toEqual(["slow.example"]);
});

it("slow name servers are asked a few things at a time; who comes then isn't kept waiting", async () => {
  const { asked, answered, names } = slowServers();
  const slow = Array.from({ length: 8 }, (_, n) => names.resolve(`${n}.slow.example`));
  expect(await names.resolve("another.example")).toEqual([]);
  expect(asked).toHaveLength(8);
  answered.resolve(["192.0.2.1"]);
  await Promise.all(slow);
  expect(await names.resolve("another.example")).toEqual(["192.0.2.1"]);
});
