/** A process to be killed: writes accounts and audit rows into a directory and prints each once it is acknowledged. */
import { openDatabase } from "@parley/db/client";
import { migrate } from "@parley/db/migrate";
import * as AuditLog from "@parley/db/queries/audit-log";
import * as Users from "@parley/db/queries/users";
import { withSystem } from "@parley/db/scope";

const database = await openDatabase(`pglite://${process.argv[2]}`);
await migrate(database);
for (let n = 0; ; n++) {
  const id = await withSystem(database, async (tx) => {
    const now = new Date();
    const user = await Users.create(tx, { username: `u${process.pid}_${n}`, passwordHash: "x", now });
    if (!user) throw new Error("the name is taken");
    await AuditLog.appendOfAccount(tx, user.id, { at: now, actorId: user.id, action: "account.create" });
    return user.id;
  });
  process.stdout.write(`${id}\n`);
}
