/**
 * Sends commands to the workflow of their order, starting it where it does not run. The only place that does.
 */
import { type Client, isGrpcServiceError, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import { RawValue } from '@temporalio/common';
import type { Command } from '../domain/commands.ts';
import type { OrderOpening } from '../domain/escrow-order.ts';
import { formatAmount } from '../domain/money.ts';
import { payloadOf } from '../domain/parse-command.ts';
import type { SecretsKey } from '../secrets-key.ts';
import { ESCROW_ORDER_WORKFLOW, escrowOrderWorkflowId, signalOf, WAKE_SIGNAL } from '../workflows/messages.ts';
import { attributesOfOpening, SEARCH_ATTRIBUTES } from '../workflows/search-attributes.ts';
import { type Attempts, countingAttempts, GRPC } from './connection.ts';
import { CommandProofs } from './proof-codec.ts';
import type { SearchAttributes } from './search-attributes.ts';

/**
 * `sent`: Temporal has it, durably. `unreachable`: the connection was refused before anything was sent, so it surely
 * has not. `unclear`: anything else; it may or may not arrive.
 */
export type SendResult = 'sent' | 'unreachable' | 'unclear';

export interface OrderSignals {
  /**
   * Sends commands of one type in one signal. Sending a command twice is safe.
   *
   * @param opening for the list of orders, where the sender knows it
   * @throws only when the type or the form of a command is none of this version's
   */
  send(orderId: string, commands: readonly [Command, ...Command[]], opening?: OrderOpening): Promise<SendResult>;
  /** Makes the order's workflow run and look at its deadlines. */
  wake(orderId: string, opening?: OrderOpening): Promise<SendResult>;
  /** Makes the order's workflow run. One that runs notices nothing. */
  start(orderId: string, opening?: OrderOpening): Promise<SendResult>;
}

/** What gRPC says when there is no connection to send anything over: refused now or before, or no such name. */
const NEVER_CONNECTED = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|No connection established|Name resolution failed/;
const CALL_TIMEOUT_MS = 5_000;
/** A killed worker's task is given to another after this long; two tries of a local commit fit in. */
const WORKFLOW_TASK_TIMEOUT = '5s';

/** What a workflow gets when it starts, so that it can be recognised in the list. */
export interface Openings {
  /** What this process knows of an order, without asking anybody. */
  readonly openingOf?: (orderId: string) => OrderOpening | undefined;
  readonly searchAttributes?: Pick<SearchAttributes, 'isUsable' | 'refused'>;
}

export function createOrderSignals(
  client: Client,
  taskQueue: string,
  options: Openings & {
    /** What commands are proven with. Default: they are sent without a proof. */
    readonly secretsKey?: SecretsKey | null;
  } = {},
): OrderSignals {
  const { openingOf, searchAttributes, secretsKey } = options;
  const proofs = secretsKey ? new CommandProofs(secretsKey) : null;
  const argumentOf = (orderId: string) => (command: Command) =>
    proofs ? RawValue.fromPayload(proofs.payload(orderId, command)) : payloadOf(command);
  /** @param signal null: the workflow is only started */
  const reach = async (
    orderId: string,
    signal: { readonly name: string; readonly payloads: readonly unknown[] } | null,
    given?: OrderOpening,
  ): Promise<SendResult> => {
    const attempts: Attempts = { count: 0 };
    const known = given ?? openingOf?.(orderId);
    const opening = known && { ...known, amount: formatAmount(known.amount) };
    const call = async (hasAttributes: boolean): Promise<void> => {
      const options = {
        ...(opening && { staticSummary: summaryOf(opening) }),
        ...(opening && hasAttributes && { typedSearchAttributes: pairsOf(opening) }),
        workflowId: escrowOrderWorkflowId(orderId),
        taskQueue,
        workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      };
      if (signal) {
        const { name, payloads } = signal;
        const signalled = { ...options, signal: name, signalArgs: [...payloads] };
        await client.workflow.signalWithStart(ESCROW_ORDER_WORKFLOW, signalled);
      } else {
        await client.workflow.start(ESCROW_ORDER_WORKFLOW, { ...options, args: [] });
      }
    };
    const callOrderly = async () => {
      const hasAttributes = searchAttributes?.isUsable() ?? false;
      try {
        await call(hasAttributes);
      } catch (error) {
        if (!hasAttributes || !isOfAttributes(error)) throw error;
        // Somebody removed an attribute. The command matters more than how its order is found.
        searchAttributes?.refused();
        await call(false);
      }
    };
    try {
      await client.connection.withDeadline(Date.now() + CALL_TIMEOUT_MS, () => countingAttempts(attempts, callOrderly));
      return 'sent';
    } catch (error) {
      // Whatever was repeated had reached somebody, and may have been done before that.
      return attempts.count <= 1 && isRefusedConnection(error) ? 'unreachable' : 'unclear';
    }
  };
  return {
    async send(orderId, commands, opening) {
      const signal = { name: signalOf(commands[0].type), payloads: commands.map(argumentOf(orderId)) };
      return reach(orderId, signal, opening);
    },
    wake: (orderId, opening) => reach(orderId, { name: WAKE_SIGNAL, payloads: [] }, opening),
    start: (orderId, opening) => reach(orderId, null, opening),
  };
}

/** The line beside the order in the list: only what never changes, because it cannot be changed either. */
function summaryOf({ amount, currency, mode }: OrderOpening): string {
  return `${amount} ${currency}${mode === 'test' ? ' · test mode' : ''}`;
}

function pairsOf(opening: OrderOpening) {
  const values = Object.entries(attributesOfOpening(opening)) as [
    keyof ReturnType<typeof attributesOfOpening>,
    string,
  ][];
  return values.map(([name, value]) => ({ key: { name, type: SEARCH_ATTRIBUTES[name] }, value }));
}

/** Temporal says the same code of much else, of a signal that is too large for example. */
function isOfAttributes(error: unknown): boolean {
  return saysOf(error, GRPC.INVALID_ARGUMENT, /search attribute/i);
}

function isRefusedConnection(error: unknown): boolean {
  return saysOf(error, GRPC.UNAVAILABLE, NEVER_CONNECTED);
}

function saysOf(error: unknown, code: number, details: RegExp): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return isGrpcServiceError(cause) && cause.code === code && details.test(cause.details);
}
