/**
 * Statements that are built once per connection: drizzle composes their SQL once, and Postgres parses and plans
 * them once. Twice as fast as building anew for small queries.
 */
import type { Transaction } from "./connection.ts";

/** `build` ends in `.prepare("name")`, with a name that no other statement has. */
export function prepared<T>(build: (tx: Transaction) => T): (tx: Transaction) => T {
  const built = new WeakMap<Transaction, T>();
  return (tx) => {
    const known = built.get(tx);
    if (known !== undefined) return known;
    const statement = build(tx);
    built.set(tx, statement);
    return statement;
  };
}
