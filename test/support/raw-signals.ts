/** Signals straight into Temporal, as an operator's, a broken client's or an attacker's would come: nothing is checked. */
import { type Payload, RawValue } from '@temporalio/common';
import type { Command } from '../../src/domain/commands.ts';
import type { SecretsKey } from '../../src/secrets-key.ts';
import { CommandProofs } from '../../src/temporal/proof-codec.ts';
import { ESCROW_ORDER_WORKFLOW, escrowOrderWorkflowId, signalOf } from '../../src/workflows/messages.ts';
import { SECRETS_KEY, type TestOrders } from './orders.ts';

/** Sends one signal with these arguments, starting the workflow where it does not run. */
export async function sendRaw(
  orders: Pick<TestOrders, 'client' | 'taskQueue'>,
  orderId: string,
  signal: string,
  ...args: unknown[]
): Promise<void> {
  await orders.client.workflow.signalWithStart(ESCROW_ORDER_WORKFLOW, {
    workflowId: escrowOrderWorkflowId(orderId),
    taskQueue: orders.taskQueue,
    args: [{ orderId }],
    signal,
    signalArgs: args,
    workflowTaskTimeout: '5s',
  });
}

/** Sends commands of one type in one signal, however many, with the service's proof. */
export async function sendProven(
  orders: Pick<TestOrders, 'client' | 'taskQueue'>,
  orderId: string,
  ...commands: readonly Command[]
): Promise<void> {
  const [first] = commands;
  if (!first) return;
  const proofs = new CommandProofs(SECRETS_KEY as SecretsKey);
  const payloads = commands.map((command) => RawValue.fromPayload(proofs.payload(orderId, command)));
  await sendRaw(orders, orderId, signalOf(first.type), ...payloads);
}

/** Sends payloads that no converter made to a workflow that runs. */
export async function sendPayloads(
  { client }: TestOrders,
  orderId: string,
  signalName: string,
  payloads: readonly Payload[],
): Promise<void> {
  await client.workflowService.signalWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId: escrowOrderWorkflowId(orderId) },
    signalName,
    input: { payloads: [...payloads] },
    identity: 'test',
    requestId: crypto.randomUUID(),
  });
}

/** A payload of these bytes, said to be of this encoding. */
export function payload(encoding: string | null, data: string): Payload {
  const text = new TextEncoder();
  return { metadata: encoding === null ? {} : { encoding: text.encode(encoding) }, data: text.encode(data) };
}

/** A command the way people write it by hand. */
export function byHand({ type: _, id, details, ...rest }: Command): Record<string, unknown> {
  return { commandId: id, ...rest, ...details };
}
