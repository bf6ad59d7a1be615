/** Workflow code as another release could have had it: what it does first is not what today's code does. */
import { sleep } from '@temporalio/workflow';

export async function escrowOrder(): Promise<void> {
  await sleep('1 hour');
}
