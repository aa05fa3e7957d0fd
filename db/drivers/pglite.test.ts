import { expect, test } from "vitest";
import { openPglite } from "./pglite.ts";

test("a queue of transactions lets the process's other work in between", { timeout: 120_000 }, async () => {
  const driver = await openPglite({});
  const transactions = 20;
  let turns = 0;
  let isOver = false;
  const countTurns = () => {
    turns++;
    if (!isOver) setImmediate(countTurns);
  };
  try {
    const work = Array.from({ length: transactions }, () =>
      driver.withConnection(({ run }) => run("select 1")),
    );
    countTurns();
    await Promise.all(work);
    isOver = true;
    expect(turns).toBeGreaterThanOrEqual(transactions);
  } finally {
    await driver.close();
  }
});
