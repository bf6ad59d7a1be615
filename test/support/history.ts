/** Histories as Temporal keeps them: what a command costs, and the runs of an order. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import { escrowOrderWorkflowId } from '../../src/workflows/messages.ts';
import { until } from './until.ts';

export type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** The events of an order's latest run, or of the run named. */
export async function historyOf(
  { client }: { client: Client },
  orderId: string,
  runId?: string,
): Promise<HistoryEvent[]> {
  const { events } = await client.workflow.getHandle(escrowOrderWorkflowId(orderId), runId).fetchHistory();
  return events ?? [];
}

/** What an event is, in the API's words: "workflowTaskCompleted". */
export function typeOf(event: HistoryEvent): string {
  const attributes = Object.keys(event).find((key) => key.endsWith('EventAttributes'));
  return attributes?.replace('EventAttributes', '') ?? 'unknown';
}

/** The same, once no workflow task is under way: an answer may come before its task is completed. */
export function restingHistoryOf(orders: { client: Client }, orderId: string): Promise<HistoryEvent[]> {
  return until(`${orderId} to rest`, async () => {
    const events = await historyOf(orders, orderId);
    const types = events.map(typeOf);
    return types.lastIndexOf('workflowTaskCompleted') > types.lastIndexOf('workflowTaskScheduled') && events;
  });
}

/** The id of an order's latest run. */
export async function currentRunOf({ client }: { client: Client }, orderId: string): Promise<string> {
  return (await client.workflow.getHandle(escrowOrderWorkflowId(orderId)).describe()).runId;
}

/** The ids of the runs of an order that follow each other by continue-as-new, oldest first. */
export async function runsOf(orders: { client: Client }, orderId: string): Promise<string[]> {
  const runs: string[] = [];
  for (let current: string | null | undefined = await currentRunOf(orders, orderId); current; ) {
    runs.unshift(current);
    const [started] = await historyOf(orders, orderId, current);
    current = started?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
  }
  return runs;
}
