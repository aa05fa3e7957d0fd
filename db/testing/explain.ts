/** How Postgres would run the statements of a piece of work. */
import { sql } from "drizzle-orm";
import type { OpenOptions, Transaction } from "../client.ts";
import { rowsOf } from "../rows.ts";

interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string;
  "Actual Rows"?: number;
  "Actual Loops"?: number;
  "Rows Removed by Filter"?: number;
  "Rows Removed by Index Recheck"?: number;
  Plans?: PlanNode[];
}

export interface ExplainedStatement {
  statement: string;
  /** Tables that it reads from end to end. */
  sequentialScans: string[];
  /** Rows that the scans of its tables came upon, whether or not they kept them. */
  rowsRead: number;
}

export interface RecordedStatement {
  statement: string;
  params: unknown[];
}

/** Gathers statements as they are sent. */
export class StatementRecorder {
  readonly statements: RecordedStatement[] = [];
  readonly options: Pick<OpenOptions, "logger"> = {
    logger: { logQuery: (statement, params) => void this.statements.push({ statement, params }) },
  };

  /** What `work` sends. */
  async record(work: () => Promise<unknown>): Promise<RecordedStatement[]> {
    this.statements.length = 0;
    await work();
    return this.statements.splice(0);
  }

  /**
   * Runs `work`, then explains what it sent, in its transaction. Undo the transaction afterwards. `analyze` runs
   * each statement once more, to count what it reads.
   */
  async explain(
    tx: Transaction,
    work: () => Promise<unknown>,
    options: { analyze?: boolean } = {},
  ): Promise<ExplainedStatement[]> {
    const recorded = await this.record(work);
    const explained: ExplainedStatement[] = [];
    for (const { statement, params } of recorded) {
      if (/^\s*(select|insert|update|delete|with)\b/i.test(statement))
        explained.push({ statement, ...(await planOf(tx, statement, params, options)) });
    }
    return explained;
  }
}

async function planOf(
  tx: Transaction,
  statement: string,
  params: unknown[],
  { analyze = false },
): Promise<Omit<ExplainedStatement, "statement">> {
  const given = params.length === 0 ? "" : `(${params.map(literal).join(", ")})`;
  // Planned for these very values, as a statement is on its first runs.
  await tx.execute(sql.raw("set local plan_cache_mode = force_custom_plan"));
  await tx.execute(sql.raw(`prepare explained as ${statement}`));
  const [row] = await rowsOf<{ "QUERY PLAN": { Plan: PlanNode }[] }>(
    tx,
    sql.raw(`explain (analyze ${analyze}, format json) execute explained${given}`),
  );
  await tx.execute(sql.raw("deallocate explained"));
  const sequentialScans: string[] = [];
  let rowsRead = 0;
  const visit = (node: PlanNode): void => {
    const table = node["Relation Name"];
    if (node["Node Type"] === "Seq Scan") sequentialScans.push(table ?? "?");
    if (table !== undefined) rowsRead += rowsOfScan(node);
    for (const child of node.Plans ?? []) visit(child);
  };
  for (const { Plan } of row?.["QUERY PLAN"] ?? []) visit(Plan);
  return { sequentialScans, rowsRead };
}

const rowsOfScan = (node: PlanNode): number =>
  ((node["Actual Rows"] ?? 0) +
    (node["Rows Removed by Filter"] ?? 0) +
    (node["Rows Removed by Index Recheck"] ?? 0)) *
  (node["Actual Loops"] ?? 0);

function literal(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (value instanceof Date) return quoted(value.toISOString());
  if (value instanceof Uint8Array) return quoted(`\\x${Buffer.from(value).toString("hex")}`);
  if (Array.isArray(value)) return quoted(`{${value.join(",")}}`);
  return quoted(typeof value === "object" ? JSON.stringify(value) : String(value));
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

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
