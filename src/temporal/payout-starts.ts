/**
 * Starts the workflows of payouts. The only place that does.
 */
import { type Client, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import type { LogEntry } from '../db/order-log.ts';
import { payoutId } from '../domain/ids.ts';
import type { PayoutTries } from '../domain/payouts.ts';
import { LOOK_SIGNAL, PAYOUT_WORKFLOW, type PayoutInput, payoutWorkflowId } from '../workflows/messages.ts';

export interface PayoutStarts {
  /** Starts the payout's workflow unless it runs; never throws. Answers whether Temporal took it. For the sweeper. */
  start(payoutId: string): Promise<boolean>;
  /**
   * Starts the payouts that these entries make pending, after whatever is under way now. Returns at once. The run that
   * saw a payout fail may be about to end when its retry comes, so a retry is also signalled.
   */
  startRecorded(entries: readonly LogEntry[]): void;
}

const CALL_TIMEOUT_MS = 5_000;
/** Starts that a process has under way for its own commits; what is beyond them waits for the sweeper. */
const UNDER_WAY_MAX = 64;

/** @param tries how often payouts are tried; default: as their workflow says for their mode */
export function createPayoutStarts(client: Client, taskQueue: string, tries?: PayoutTries): PayoutStarts {
  const input: PayoutInput = tries ? { tries } : {};
  const startWith = async (id: string, isSignalled: boolean): Promise<boolean> => {
    const options = {
      workflowId: payoutWorkflowId(id),
      taskQueue,
      args: [input],
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      staticSummary: 'Pays out to the merchant what was released',
    };
    try {
      await client.connection.withDeadline(Date.now() + CALL_TIMEOUT_MS, async () => {
        if (isSignalled) await client.workflow.signalWithStart(PAYOUT_WORKFLOW, { ...options, signal: LOOK_SIGNAL });
        else await client.workflow.start(PAYOUT_WORKFLOW, options);
      });
      return true;
    } catch {
      return false;
    }
  };
  let underWay = 0;
  const startLater = ({ id, isRetried }: DuePayout) => {
    if (underWay >= UNDER_WAY_MAX) return;
    underWay++;
    // Not before the commit has answered: the order's next command must not wait for this one's payout.
    setImmediate(() => {
      void startWith(id, isRetried).finally(() => underWay--);
    });
  };
  return {
    start: (id) => startWith(id, false),
    startRecorded: (entries) => entries.flatMap(duePayouts).forEach(startLater),
  };
}

interface DuePayout {
  readonly id: string;
  readonly isRetried: boolean;
}

function duePayouts({ orderId, events }: LogEntry): DuePayout[] {
  return (events ?? []).flatMap((event) =>
    event.type === 'payout.created' || event.type === 'payout.retried'
      ? { id: payoutId(orderId, event.milestoneIndex), isRetried: event.type === 'payout.retried' }
      : [],
  );
}
