/**
 * A worker, a gateway and escrow orders against the real servers, without HTTP.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { eq } from 'drizzle-orm';
import type { Logger } from 'pino';
import { afterAll, inject, onTestFinished } from 'vitest';
import { createOrderGateway } from '../../src/api/order-gateway.ts';
import { OutcomeWaiters } from '../../src/api/outcome-waiters.ts';
import type { OrderGateway, Submission } from '../../src/api/submission.ts';
import type { Database } from '../../src/db/client.ts';
import { entriesOf } from '../../src/db/order-log.ts';
import { escrowOrders, merchants, orderLog, paymentIntents } from '../../src/db/schema.ts';
import type { Command } from '../../src/domain/commands.ts';
import type { OrderOpening } from '../../src/domain/escrow-order.ts';
import { DEFAULT_TERMS } from '../../src/domain/terms.ts';
import { StoredProofs } from '../../src/proofs/stored-proofs.ts';
import { createMockSettlement } from '../../src/settlement/mock.ts';
import { connectClient } from '../../src/temporal/connection.ts';
import { createOrderSignals, type OrderSignals } from '../../src/temporal/order-signals.ts';
import { type RunningWorker, startWorker } from '../../src/worker/worker.ts';
import { escrowOrderWorkflowId } from '../../src/workflows/messages.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { SECRETS_KEY } from './secrets.ts';
import { testLog } from './test-log.ts';

export { SECRETS_KEY } from './secrets.ts';

export const MERCHANT_ID = 'merchant_test';

export interface TestOrders extends TestDatabase {
  readonly log: Logger;
  readonly client: Client;
  readonly taskQueue: string;
  readonly signals: OrderSignals;
  readonly waiters: OutcomeWaiters;
  readonly gateway: OrderGateway;
  readonly proofs: StoredProofs;
  startWorker(overrides?: Partial<Parameters<typeof startWorker>[0]>): Promise<RunningWorker>;
  /** Inserts an intent and its order, unfunded unless told, and answers the order's id. */
  createOrder(options?: Partial<typeof escrowOrders.$inferInsert> & { funded?: boolean }): Promise<string>;
  /** Submits a command and waits for its outcome. */
  submit(orderId: string, command: Command): Promise<Submission>;
  workflow(orderId: string): WorkflowHandle;
  logOf(orderId: string): Promise<(typeof orderLog.$inferSelect)[]>;
}

/** @param options.worker false: the test starts its workers itself */
export async function testOrders(options: { worker?: boolean } = {}): Promise<TestOrders> {
  const database = await testDatabase();
  const { db } = database;
  const log = testLog();
  const temporalAddress = inject('temporalAddress');
  const client = connectClient(temporalAddress, 'default');
  const taskQueue = `test-${randomBytes(6).toString('hex')}`;
  const openings = new Map<string, OrderOpening>();
  const searchAttributes = { isUsable: () => true, refused: () => {} };
  const openingOf = openings.get.bind(openings);
  const signals = createOrderSignals(client, taskQueue, { secretsKey: SECRETS_KEY, openingOf, searchAttributes });
  const waiters = new OutcomeWaiters((ids) => entriesOf(db, ids), log);
  const gateway = createOrderGateway({ client, signals, waiters });
  const workers: RunningWorker[] = [];
  const startTestWorker: TestOrders['startWorker'] = async (overrides = {}) => {
    const worker = await startWorker({
      db,
      log,
      signals,
      secretsKey: SECRETS_KEY,
      // Payouts are started by the tests that are about them.
      settlement: createMockSettlement(),
      onRecorded: (entries) => waiters.notify(entries),
      isSearchable: () => true,
      temporalAddress,
      namespace: 'default',
      taskQueue,
      bundle: { code: readFileSync(inject('workflowBundlePath'), 'utf8') },
      ...overrides,
    });
    workers.push(worker);
    return worker;
  };
  await db.insert(merchants).values({ id: MERCHANT_ID, name: 'Test merchant' });
  if (options.worker !== false) await startTestWorker();
  afterAll(async () => {
    for (const worker of workers) await worker.stop();
    await gateway.close();
  });
  const submit = (orderId: string, command: Command) =>
    gateway.submit(orderId, command, { merchantId: MERCHANT_ID, waitMs: 15_000, untilHeld: false, send: true });
  return {
    ...database,
    log,
    client,
    taskQueue,
    signals,
    waiters,
    gateway,
    proofs: new StoredProofs(SECRETS_KEY),
    startWorker: startTestWorker,
    submit,
    async createOrder({ funded = false, ...values } = {}) {
      const orderId = await insertOrder(db, values);
      const opening = {
        merchantId: MERCHANT_ID,
        mode: 'test',
        currency: 'USDC',
        amount: '1000.00',
        ...values,
      } as const;
      openings.set(orderId, { ...opening, status: 'PENDING' });
      if (funded) await submit(orderId, command('order.fund'));
      return orderId;
    },
    workflow: (orderId) => client.workflow.getHandle(escrowOrderWorkflowId(orderId)),
    logOf: (orderId) => db.select().from(orderLog).where(eq(orderLog.orderId, orderId)).orderBy(orderLog.version),
  };
}

/** A new order whose workflow is ended with the test: a wedged one would keep the worker busy. */
export async function passingOrder(
  orders: TestOrders,
  options?: Parameters<TestOrders['createOrder']>[0],
): Promise<string> {
  const orderId = await orders.createOrder(options);
  onTestFinished(async () => {
    await orders
      .workflow(orderId)
      .terminate('the test is over')
      .catch(() => {});
  });
  return orderId;
}

/** Inserts an intent and its order, unfunded. */
export async function insertOrder(db: Database, values: Partial<typeof escrowOrders.$inferInsert>): Promise<string> {
  const suffix = randomBytes(10).toString('hex');
  const createdAt = new Date();
  const order = {
    id: `escrow_order_${suffix}`,
    paymentIntentId: `intent_${suffix}`,
    merchantId: MERCHANT_ID,
    mode: 'test' as const,
    currency: 'USDC' as const,
    amount: '1000.00',
    releaseType: 'MILESTONE_LOCKED' as const,
    autoReleaseOnProof: false,
    terms: DEFAULT_TERMS,
    lastAt: createdAt,
    createdAt,
    updatedAt: createdAt,
    ...values,
  };
  await db.insert(paymentIntents).values({
    id: order.paymentIntentId,
    merchantId: order.merchantId,
    mode: order.mode,
    type: 'DELIVERY_VS_PAYMENT',
    amount: order.amount,
    currency: order.currency,
    settlementMethod: 'OFF_RAMP_MOCK',
    settlementDestination: 'bank_account_123',
    metadata: {},
    createdAt,
    updatedAt: createdAt,
  });
  await db.insert(escrowOrders).values(order);
  return order.id;
}

type CommandOf<Type extends Command['type']> = Extract<Command, { type: Type }>;
type Given<Type extends Command['type']> = Omit<CommandOf<Type>, 'id' | 'type' | 'actor' | 'receivedAt' | 'turnWaitMs'>;

/** A command with an id of its own, from the merchant, received now, refused when its turn has not come. */
export function command<Type extends Command['type']>(
  type: Type,
  fields?: Partial<Command> & Given<Type>,
): CommandOf<Type> {
  return {
    id: `cmd_${randomBytes(10).toString('hex')}`,
    type,
    actor: { role: 'merchant', id: MERCHANT_ID },
    receivedAt: Date.now(),
    turnWaitMs: 0,
    ...fields,
  } as CommandOf<Type>;
}
