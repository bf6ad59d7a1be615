/**
 * Tells workflows of webhook endpoints to deliver, starting them where they do not run. The only place that does.
 */
import { type Client, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import { DELIVER_SIGNAL, WEBHOOK_ENDPOINT_WORKFLOW, webhookEndpointWorkflowId } from '../workflows/messages.ts';

const CALL_TIMEOUT_MS = 5_000;

/** @param client of the webhooks' own namespace */
export function createWebhookStarts(client: Client, taskQueue: string) {
  return {
    /** Never throws; answers whether Temporal took it. */
    async deliver({ id, url }: { readonly id: string; readonly url: string }): Promise<boolean> {
      const options = {
        workflowId: webhookEndpointWorkflowId(id),
        taskQueue,
        signal: DELIVER_SIGNAL,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
        staticSummary: `Delivers events to ${new URL(url).host}`,
      };
      try {
        await client.connection.withDeadline(Date.now() + CALL_TIMEOUT_MS, () =>
          client.workflow.signalWithStart(WEBHOOK_ENDPOINT_WORKFLOW, options),
        );
        return true;
      } catch {
        return false;
      }
    },
  };
}
