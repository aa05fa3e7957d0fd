/** How Postgres would run the statements of a piece of work, without the help of what its parameters are. */
import { sql } from "drizzle-orm";
import type { OpenOptions, Transaction } from "../client.ts";
import { rowsOf } from "../rows.ts";

interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string;
  Plans?: PlanNode[];
}

export interface ExplainedStatement {
  statement: string;
  /** Tables that it reads from end to end. */
  sequentialScans: string[];
}

/** Gathers statements as they are sent. */
export class StatementRecorder {
  readonly statements: string[] = [];
  readonly options: Pick<OpenOptions, "logger"> = {
    logger: { logQuery: (statement) => void this.statements.push(statement) },
  };

  /** Runs `work`, then explains what it sent, in its transaction. Undo the transaction afterwards. */
  async explain(tx: Transaction, work: () => Promise<unknown>): Promise<ExplainedStatement[]> {
    this.statements.length = 0;
    await work();
    const explained: ExplainedStatement[] = [];
    for (const statement of new Set(this.statements.splice(0))) {
      if (/^\s*(select|insert|update|delete|with)\b/i.test(statement))
        explained.push({ statement, sequentialScans: await sequentialScans(tx, statement) });
    }
    return explained;
  }
}

async function sequentialScans(tx: Transaction, statement: string): Promise<string[]> {
  const parameters = new Set(statement.match(/\$\d+/g)).size;
  const nothing = parameters === 0 ? "" : `(${Array.from({ length: parameters }, () => "null").join(", ")})`;
  await tx.execute(sql.raw("set local plan_cache_mode = force_generic_plan"));
  await tx.execute(sql.raw(`prepare explained as ${statement}`));
  const [row] = await rowsOf<{ "QUERY PLAN": { Plan: PlanNode }[] }>(
    tx,
    sql.raw(`explain (format json) execute explained${nothing}`),
  );
  await tx.execute(sql.raw("deallocate explained"));
  const found: string[] = [];
  const visit = (node: PlanNode): void => {
    if (node["Node Type"] === "Seq Scan") found.push(node["Relation Name"] ?? "?");
    for (const child of node.Plans ?? []) visit(child);
  };
  for (const { Plan } of row?.["QUERY PLAN"] ?? []) visit(Plan);
  return found;
}

/** Thrown to undo a transaction whose work was only looked at. */
export class Undo extends Error {}

/** Runs `work` in a transaction of `scope` and rolls it back, giving what `work` gave. */
export async function undone<T>(
  scope: (work: (tx: Transaction) => Promise<never>) => Promise<never>,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  let outcome: { value: T } | undefined;
  await scope(async (tx) => {
    outcome = { value: await work(tx) };
    throw new Undo();
  }).catch((error) => {
    if (!(error instanceof Undo)) throw error;
  });
  if (!outcome) throw new Error("the work did not run");
  return outcome.value;
}
