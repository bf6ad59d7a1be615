/** The plans that PostgreSQL follows for the statements of src/db, and what they read. */
import { drizzle } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import type { Database } from '../../src/db/client.ts';
import * as schema from '../../src/db/schema.ts';

export interface Statement {
  readonly text: string;
  readonly params: readonly unknown[];
}

/** The statements that a call of src/db makes until its first answer would be needed; none is carried out. */
export async function statementsOf(call: (db: Database) => PromiseLike<unknown>): Promise<Statement[]> {
  const statements: Statement[] = [];
  const answer = Object.assign(Promise.resolve([]), { values: () => Promise.resolve([]) });
  const client = {
    options: { parsers: {}, serializers: {} },
    unsafe(text: string, params: readonly unknown[] = []) {
      statements.push({ text, params });
      return answer;
    },
    begin: (run: (client: unknown) => unknown) => run(client),
  };
  await Promise.resolve(call(drizzle(client as unknown as postgres.Sql, { schema }))).catch(() => {});
  return statements;
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Alias?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

export interface Cost {
  /** Rows that the statement answers with. */
  readonly returned: number;
  /** Rows looked at, by table and its name in the statement. */
  readonly read: Readonly<Record<string, number>>;
  /** Tables that were read from end to end. */
  readonly scanned: readonly string[];
  readonly plan: string;
}

/** Carries a statement out by its generic plan, as connections of the service do, and undoes it. */
export async function costOf(admin: postgres.Sql, { text, params }: Statement): Promise<Cost> {
  const [row] = await admin
    .begin(async (tx) => {
      await tx`SET LOCAL plan_cache_mode = force_generic_plan`;
      await tx.unsafe(`PREPARE planned AS ${text}`);
      const values = params.map(literal).join(', ');
      const rows = await tx.unsafe(`EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE planned${values && `(${values})`}`);
      await tx.unsafe('DEALLOCATE planned');
      throw new Undone([...rows]);
    })
    .catch((end: unknown) => {
      if (end instanceof Undone) return end.rows;
      throw end;
    });
  const root: PlanNode = row?.['QUERY PLAN'][0].Plan;
  const read: Record<string, number> = {};
  const scanned: string[] = [];
  const walk = (node: PlanNode): void => {
    const table = node['Relation Name'];
    if (table !== undefined && node['Node Type'].includes('Scan')) {
      const passed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
      const name = `${table} ${node.Alias}`;
      read[name] = (read[name] ?? 0) + node['Actual Loops'] * (node['Actual Rows'] + passed);
      if (node['Node Type'] === 'Seq Scan' && node['Actual Loops'] > 0) scanned.push(table);
    }
    node.Plans?.forEach(walk);
  };
  walk(root);
  return { returned: root['Actual Rows'], read, scanned, plan: JSON.stringify(root, null, 1) };
}

/** Ends a transaction so that nothing of it stays. */
class Undone extends Error {
  readonly rows: postgres.Row[];

  constructor(rows: postgres.Row[]) {
    super('undone');
    this.rows = rows;
  }
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'number' || typeof value === 'boolean') return `'${value}'`;
  const text = value instanceof Date ? value.toISOString() : typeof value === 'string' ? value : JSON.stringify(value);
  return `'${text.replaceAll("'", "''")}'`;
}
