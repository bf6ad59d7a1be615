/** The attributes that orders are found by: registering them in a namespace, and going on without them. */
import { randomBytes } from 'node:crypto';
import { type Client, ServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { pino } from 'pino';
import { afterAll, expect, inject, test } from 'vitest';
import { connectClient } from '../../src/temporal/connection.ts';
import { createOrderSignals } from '../../src/temporal/order-signals.ts';
import { openSearchAttributes, registerSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { SEARCH_ATTRIBUTES } from '../../src/workflows/search-attributes.ts';
import { historyOf, typeOf } from '../support/history.ts';
import { SECRETS_KEY, testOrders } from '../support/orders.ts';
import { operatorShell } from '../support/runbook.ts';
import { create, fund, outcomeOf, wordFor } from '../support/steps.ts';
import { until } from '../support/until.ts';

const orders = await testOrders({ worker: false });
const shell = await operatorShell();

/** A namespace that nobody has prepared. */
async function newNamespace(): Promise<{ client: Client; namespace: string }> {
  const namespace = `ns-${randomBytes(5).toString('hex')}`;
  const client = connectClient(inject('temporalAddress'), namespace);
  afterAll(() => client.connection.close());
  await client.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') });
  await until('the namespace', () => client.workflowService.describeNamespace({ namespace }).catch(() => null));
  return { client, namespace };
}

const registeredIn = async ({ client, namespace }: { client: Client; namespace: string }) =>
  Object.keys((await client.connection.operatorService.listSearchAttributes({ namespace })).customAttributes).filter(
    (name) => name.startsWith('Tranche'),
  );

test('they are registered in a namespace that has none, by several processes at once, any number of times', async () => {
  const { client, namespace } = await newNamespace();
  const problems = await Promise.all([1, 2, 3].map(() => registerSearchAttributes(client, namespace)));
  // One that came in between may have to look again, which it does by itself.
  expect(problems).toContain(null);
  expect(await registerSearchAttributes(client, namespace)).toBeNull();
  expect((await registeredIn({ client, namespace })).sort()).toEqual(Object.keys(SEARCH_ATTRIBUTES).sort());
});

/** A client that may read but not add. */
function withoutRight(client: Client): Client {
  const denied = Object.assign(new ServiceError('denied'), { code: 7, details: 'Request unauthorized.', metadata: {} });
  const { operatorService } = client.connection;
  const readOnly = {
    listSearchAttributes: operatorService.listSearchAttributes.bind(operatorService),
    addSearchAttributes: () => Promise.reject(denied),
  };
  const connection = {
    withDeadline: client.connection.withDeadline.bind(client.connection),
    operatorService: readOnly,
  };
  return { connection } as unknown as Client;
}

test('who has no right to register them is told a command, and somebody who has it can run that as it stands', async () => {
  const { client, namespace } = await newNamespace();
  const problem = await registerSearchAttributes(withoutRight(client), namespace);
  expect(problem).toMatch(/could not be registered in ns-\w+ \(Request unauthorized\.\)\. Orders work without/);
  const [command = ''] = /temporal operator search-attribute create .*$/.exec(problem ?? '') ?? [];
  await shell.run(command);
  expect(await registerSearchAttributes(withoutRight(client), namespace)).toBeNull();
});

test('an attribute that is there with another type is named, and none is used', async () => {
  const { client, namespace } = await newNamespace();
  await shell.run('temporal operator search-attribute create --namespace "$N" --name TrancheHeldCount --type Keyword', {
    N: namespace,
  });
  const warnings: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(JSON.parse(line).msg) });
  const attributes = openSearchAttributes(client, namespace, log);
  await attributes.looked;
  attributes.stop();
  expect(attributes.isUsable()).toBe(false);
  expect(warnings).toEqual([expect.stringMatching(/of another type .* needed are TrancheHeldCount \(Int\)\./)]);
});

test('a service that Temporal does not answer looks again, and says so once', async () => {
  const nowhere = connectClient('127.0.0.1:1', 'default');
  afterAll(() => nowhere.connection.close());
  expect(await registerSearchAttributes(nowhere, 'default')).toMatch(/could not be read/);
});

test('orders work where the attributes are not registered, and their workflows leave them alone', async () => {
  const worker = await orders.startWorker({ isSearchable: () => false });
  const plain = createOrderSignals(orders.client, orders.taskQueue, { secretsKey: SECRETS_KEY });
  const orderId = await orders.createOrder();
  await plain.wake(orderId);
  for (const one of [fund(), create(0), create(2, { turnWaitMs: null })]) await plain.send(orderId, [one]);
  expect(wordFor(await orders.submit(orderId, create(1)))).toBe('accepted');
  await worker.stop();
  const types = (await historyOf(orders, orderId)).map(typeOf);
  expect(types).not.toContain('upsertWorkflowSearchAttributes');
  expect(types).not.toContain('workflowTaskFailed');
});

test('an order that was started without them shows them from the next command that a worker with them records', async () => {
  const plain = createOrderSignals(orders.client, orders.taskQueue, { secretsKey: SECRETS_KEY });
  const orderId = await orders.createOrder();
  const before = await orders.startWorker({ isSearchable: () => false });
  await plain.send(orderId, [fund()]);
  await until('the first commit', async () => (await orders.logOf(orderId)).length === 1);
  await before.stop();
  await orders.startWorker();
  await plain.send(orderId, [create(0)]);
  await until('its attributes', async () => {
    const { typedSearchAttributes } = await orders.workflow(orderId).describe();
    return typedSearchAttributes.get({ name: 'TrancheOrderStatus', type: 'KEYWORD' }) === 'PENDING';
  });
});

test('a command gets through though Temporal refuses the attributes it would start with', async () => {
  const { client, namespace } = await newNamespace();
  let refusals = 0;
  const searchAttributes = { isUsable: () => refusals === 0, refused: () => void refusals++ };
  const opening = { merchantId: 'm', mode: 'test', currency: 'USDC', amount: '1.00', status: 'PENDING' } as const;
  const signals = createOrderSignals(client, 'nobody', { openingOf: () => opening, searchAttributes });
  expect(await signals.send('escrow_order_1', [fund()])).toBe('sent');
  expect(refusals).toBe(1);
  expect(await signals.send('escrow_order_1', [fund()])).toBe('sent');
  expect(namespace).toBe(client.options.namespace);
});

test('an attribute that somebody removes stops no order for good: it goes on once it is registered again', async () => {
  const { client, namespace } = await newNamespace();
  expect(await registerSearchAttributes(client, namespace)).toBeNull();
  const searchAttributes = { isUsable: () => true, refused: () => {} };
  const signals = createOrderSignals(client, orders.taskQueue, { secretsKey: SECRETS_KEY, searchAttributes });
  await orders.startWorker({ namespace, signals });
  const orderId = await orders.createOrder();
  const [first, second] = [fund(), create(3, { turnWaitMs: null })];
  await signals.send(orderId, [first]);
  await outcomeOf(orders, orderId, first);
  await shell.run('temporal operator search-attribute remove --namespace "$N" --name TrancheHeldCount --yes', {
    N: namespace,
  });
  await signals.send(orderId, [second]);
  const list = () =>
    shell.run('temporal workflow list --namespace "$N" --query "TemporalReportedProblems IS NOT NULL"', {
      N: namespace,
    });
  await until('Temporal to report it', async () => (await list()).includes(orderId), 40_000);
  expect(await registerSearchAttributes(client, namespace)).toBeNull();
  await until('the order to go on', async () => !(await list()).includes(orderId), 40_000);
  const next = create(0);
  await signals.send(orderId, [next]);
  expect((await outcomeOf(orders, orderId, next)).outcome).toBe('accepted');
});
