/**
 * The orders in the database against the workflows that run in Temporal.
 *
 * Temporal's list lags behind by a second or so, so it only names candidates; each is then asked for by its id, which
 * Temporal answers exactly.
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { sql } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { texts } from '../db/parameters.ts';
import { ESCROW_ORDER_WORKFLOW, escrowOrderWorkflowId, orderIdOfWorkflow } from '../workflows/messages.ts';
import { CLOSED } from './books.ts';
import { CLOSED_STATUSES, type Finding, MOST_FINDINGS, type Section } from './report.ts';

const PAGE = 500;
const ASKED_AT_ONCE = 16;
/** A younger command is with the API or the sweeper still. */
const PENDING = sql`interval '30 seconds'`;

export interface Workflows {
  readonly sections: readonly Section[];
  /** Every order whose workflow is missing or left over, also those that no section shows. */
  readonly toWake: readonly string[];
}

export async function checkWorkflows(db: Database, client: Client, taskQueue: string): Promise<Workflows> {
  const running = await runningOrders(client, taskQueue);
  const missing: Finding[] = [];
  let expected = 0;
  for await (const page of ordersThatShouldRun(db)) {
    expected += page.length;
    const unlisted = page.filter(({ orderId }) => !running.has(orderId));
    missing.push(...(await keep(unlisted, async ({ orderId }) => !(await isRunning(client, orderId)))));
  }
  const leftOver = await keep(await closedOrMissing(db, [...running]), ({ orderId }) => isRunning(client, orderId));
  return {
    sections: [
      sectionOf('workflow_missing', expected, missing),
      sectionOf('workflow_left_over', running.size, leftOver),
    ],
    toWake: [...missing, ...leftOver].map(({ orderId }) => orderId),
  };
}

function sectionOf(kind: Section['kind'], looked: number, findings: readonly Finding[]): Section {
  return { kind, looked, off: findings.length, findings: findings.slice(0, MOST_FINDINGS) };
}

/** By order id. The client reads the list page by page. */
async function runningOrders(client: Client, taskQueue: string): Promise<Set<string>> {
  const query = `WorkflowType = '${ESCROW_ORDER_WORKFLOW}' AND ExecutionStatus = 'Running' AND TaskQueue = '${taskQueue}'`;
  const ids = new Set<string>();
  for await (const { workflowId } of client.workflow.list({ query, pageSize: PAGE })) {
    const orderId = orderIdOfWorkflow(workflowId);
    if (orderId !== null) ids.add(orderId);
  }
  return ids;
}

async function* ordersThatShouldRun(db: Database): AsyncGenerator<Finding[]> {
  for (let cursor = ''; ; ) {
    const rows = await db.execute<Finding & Record<string, unknown>>(sql`
      SELECT o.id AS "orderId", 'workflow' AS subject, concat_ws(', ', 'does not run',
        'deadline at ' || o.next_deadline, nullif(c.pending, 0) || ' pending commands') AS found
      FROM escrow_orders o CROSS JOIN LATERAL (
        SELECT count(*) AS pending FROM commands c WHERE c.open AND c.order_id = o.id
          AND c.created_at < clock_timestamp() - ${PENDING}
          AND NOT EXISTS (SELECT FROM order_log l WHERE l.command_id = c.command_id AND l.order_id = o.id)) c
      WHERE o.id > ${cursor} AND o.status NOT IN (${CLOSED}) AND (o.next_deadline IS NOT NULL OR c.pending > 0)
      ORDER BY o.id LIMIT ${PAGE}`);
    yield [...rows];
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    cursor = last.orderId;
  }
}

async function closedOrMissing(db: Database, orderIds: readonly string[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (let start = 0; start < orderIds.length; start += PAGE) {
    const ids = orderIds.slice(start, start + PAGE);
    const rows = await db.execute<{ id: string; status: string | null }>(sql`
      SELECT ids.id, o.status FROM unnest(${texts(ids)}) AS ids(id) LEFT JOIN escrow_orders o ON o.id = ids.id`);
    for (const { id: orderId, status } of rows) {
      if (status === null) findings.push({ orderId, subject: 'workflow', found: 'runs, and there is no such order' });
      else if (CLOSED_STATUSES.some((closed) => closed === status))
        findings.push({ orderId, subject: 'workflow', found: `runs, and the order is ${status}` });
    }
  }
  return findings;
}

async function isRunning(client: Client, orderId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(escrowOrderWorkflowId(orderId)).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** Those of which `holds`, asked a few at a time. */
async function keep<Item>(items: readonly Item[], holds: (item: Item) => Promise<boolean>): Promise<Item[]> {
  const kept: Item[] = [];
  for (let start = 0; start < items.length; start += ASKED_AT_ONCE) {
    const asked = items.slice(start, start + ASKED_AT_ONCE);
    const answers = await Promise.all(asked.map(holds));
    kept.push(...asked.filter((_, position) => answers[position]));
  }
  return kept;
}
