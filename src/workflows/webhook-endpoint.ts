/**
 * The workflow of one webhook endpoint: has delivered what is due whenever it is told that something is. It keeps
 * nothing; what there is to deliver and when is in the database, so it can be started anew at any time.
 */
import {
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { EndpointRound, WebhookActivities } from '../domain/webhooks.ts';
import { DELIVER_SIGNAL, endpointIdOfWorkflow } from './messages.ts';

/** Unlimited: what is recorded will be delivered, however long the database is away. */
const { deliverWebhooks } = proxyActivities<WebhookActivities>({
  startToCloseTimeout: '1m',
  // A killed worker is noticed after this.
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
});

/** Runs until its endpoint is deleted. Never fails. */
export async function webhookEndpoint(): Promise<void> {
  const { workflowId } = workflowInfo();
  const endpointId = endpointIdOfWorkflow(workflowId) ?? workflowId;
  await CancellationScope.nonCancellable(() => deliverAlways(endpointId));
}

async function deliverAlways(endpointId: string): Promise<void> {
  let isTold = false;
  const tell = () => {
    isTold = true;
  };
  setHandler(defineSignal(DELIVER_SIGNAL), tell, { description: 'Delivers what is due now. No input.' });
  for (;;) {
    isTold = false;
    const round = await deliverWebhooks(endpointId);
    setCurrentDetails(describe(round));
    // Each run begins with a round, so nothing that came until now is lost.
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof webhookEndpoint>();
    if (round.isMore || isTold) continue;
    if (round.state === 'gone') return;
    await condition(() => isTold);
  }
}

function describe({ state, target, pending, failed, lastError, nextAttemptAt }: EndpointRound): string {
  if (state === 'gone') return 'There is no such endpoint any more.';
  return [
    `**${target}**: ${state}`,
    `* on their way: ${pending}${nextAttemptAt === null ? '' : `, next attempt ${new Date(nextAttemptAt).toISOString()}`}`,
    `* given up: ${failed}`,
    `* last error: ${lastError ?? 'none since the last success'}`,
  ].join('\n');
}
