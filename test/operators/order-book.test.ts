/** The list of orders in the Temporal UI: what each shows, and what the recipes of docs/OPERATIONS.md find. */
import { beforeAll, expect, test } from 'vitest';
import { payoutId } from '../../src/domain/ids.ts';
import { createOrderSignals } from '../../src/temporal/order-signals.ts';
import { STUCK_KINDS, stuckQuery } from '../../src/temporal/stuck.ts';
import { escrowOrderWorkflowId, payoutWorkflowId } from '../../src/workflows/messages.ts';
import { historyOf, restingHistoryOf, typeOf } from '../support/history.ts';
import type { OrderOptions, TestOrder } from '../support/http-order.ts';
import { command } from '../support/orders.ts';
import { QUICK_TRIES } from '../support/payouts.ts';
import { operatorShell, queryFor, RECIPES } from '../support/runbook.ts';
import { SECRETS_KEY } from '../support/secrets.ts';
import { MERCHANT_ID, testService } from '../support/service.ts';
import { until } from '../support/until.ts';

const service = await testService({ outside: { payoutTries: QUICK_TRIES } });
const { createOrder, send, temporal, taskQueue } = service;
const shell = await operatorShell();

const signals = createOrderSignals(temporal, taskQueue, { secretsKey: SECRETS_KEY });

const DAY = 24 * 60 * 60;
/** As the service holds what it received then; of others that is not believed. */
const holdSince = ({ orderId }: TestOrder, milestoneIndex: number, receivedAt: number) =>
  signals.send(orderId, [
    command('milestone.create', { milestoneIndex, amount: '1.00', receivedAt, turnWaitMs: null } as never),
  ]);
const handleOf = ({ orderId }: TestOrder) => temporal.workflow.getHandle(escrowOrderWorkflowId(orderId));
const raise = ({ intentPath }: TestOrder, disputeWindow: number) =>
  send('POST', `${intentPath}/escrow/dispute`, {
    body: { reason: 'not as agreed', raisedBy: 'buyer-7', disputeWindow: String(disputeWindow) },
  });
const advance = ({ intentPath }: TestOrder, seconds: number) =>
  send('POST', `${intentPath}/escrow/advance-clock`, { body: { seconds } });

/** The attributes of an order as Temporal lists them. */
async function attributesOf(order: TestOrder): Promise<Record<string, unknown>> {
  const { typedSearchAttributes } = await handleOf(order).describe();
  return Object.fromEntries(
    typedSearchAttributes
      .getAll()
      .filter(({ key }) => key.name.startsWith('Tranche'))
      .map(({ key, value }) => [key.name, value instanceof Date ? value.getTime() : value]),
  );
}

/** Waits until an order has these attributes, and no others but its merchant's and amount. */
async function expectAttributes(order: TestOrder, wanted: Record<string, unknown>): Promise<void> {
  let found: Record<string, unknown> = {};
  const expected = { TrancheMerchant: MERCHANT_ID, TrancheAmount: '1000.00 USDC', ...wanted };
  await until('the attributes to be up to date', async () => {
    found = await attributesOf(order);
    return JSON.stringify(sorted(found)) === JSON.stringify(sorted(expected));
  }).catch(() => expect(found).toEqual(expected));
}

const sorted = (record: object) => Object.entries(record).sort(([a], [b]) => a.localeCompare(b));

test('an order shows its amount, its merchant and that it is open from its first command on', async () => {
  const order = await createOrder({ amount: '1234.50' });
  const description = await handleOf(order).describe();
  expect(await description.staticSummary()).toBe('1234.50 USDC · test mode');
  await expectAttributes(order, { TrancheOrderStatus: 'PENDING', TrancheAmount: '1234.50 USDC' });
});

test('a workflow that starts again shows what the first one did, whoever starts it', async () => {
  const order = await createOrder();
  await handleOf(order).terminate('forgets everything');
  expect((await order.create(0, '1.00')).status).toBe(201);
  expect(await (await handleOf(order).describe()).staticSummary()).toBe('1000.00 USDC · test mode');
  await raise(order, 7 * DAY);
  await handleOf(order).terminate('forgets everything');
  // A worker's sweeper, when it starts: the order has a deadline.
  const other = await service.startAnother({ roles: { api: false } });
  await until('the sweeper to start it', async () => (await handleOf(order).describe()).status.name === 'RUNNING');
  expect(await (await handleOf(order).describe()).staticSummary()).toBe('1000.00 USDC · test mode');
  expect(await attributesOf(order)).toMatchObject({ TrancheAmount: '1000.00 USDC', TrancheOrderStatus: 'DISPUTED' });
  await other.stop();
});

test('the position of an order moves with what is settled, not with what is created or completed', async () => {
  const order = await createOrder();
  const [first = '', second = ''] = await order.createAll('100.00', '100.00', '100.00');
  await order.complete(first);
  await expectAttributes(order, { TrancheOrderStatus: 'PENDING' });
  await order.release(first);
  await expectAttributes(order, { TrancheOrderStatus: 'PENDING', TrancheNextMilestone: 1 });
  await order.complete(second);
  await order.release(second);
  await expectAttributes(order, { TrancheOrderStatus: 'PENDING', TrancheNextMilestone: 2 });
});

test('a dispute shows since when it is open and when it ends, and leaves nothing behind', async () => {
  const order = await createOrder();
  await raise(order, 7 * DAY);
  const { disputeRaisedAt } = await order.read();
  const since = (await until('the dispute', async () => (await attributesOf(order)).TrancheDisputedSince)) as number;
  expect(Math.floor(since / 1_000)).toBe(Date.parse(disputeRaisedAt) / 1_000);
  await expectAttributes(order, {
    TrancheOrderStatus: 'DISPUTED',
    TrancheDisputedSince: since,
    TrancheNextDeadline: since + 7 * DAY * 1_000,
  });
  await send('POST', `${order.intentPath}/escrow/dispute/withdraw`, { body: {} });
  await expectAttributes(order, { TrancheOrderStatus: 'PENDING' });
});

const viewOf = (order: TestOrder) => handleOf(order).query<{ heldCount: number }>('order');

/** How often what an order is found by has changed. */
async function changesOf({ orderId }: TestOrder): Promise<number> {
  const events = await restingHistoryOf({ client: temporal }, orderId);
  return events.filter((event) => typeOf(event) === 'upsertWorkflowSearchAttributes').length;
}

test('what waits without end is counted, what the API holds for a moment is not', async () => {
  const order = await createOrder();
  const receivedAt = Date.now() - 5_000;
  await holdSince(order, 1, receivedAt);
  await handleOf(order).signal('createMilestone', { milestoneIndex: 2, amount: '1.00' });
  const held = { TrancheOrderStatus: 'PENDING', TrancheHeldCount: 2, TrancheHeldSince: receivedAt };
  await expectAttributes(order, held);
  const changes = await changesOf(order);
  const moment = order.create(4, '1.00', { headers: { Prefer: 'wait=2' } });
  await until('it to be held', async () => (await viewOf(order)).heldCount === 3);
  expect((await moment).status).toBe(400);
  await until('it to be gone', async () => (await viewOf(order)).heldCount === 2);
  // Not even for a moment: each change is an event of the history.
  expect(await changesOf(order)).toBe(changes);
  await order.create(0, '1.00');
  await expectAttributes(order, { TrancheOrderStatus: 'PENDING' });
});

test('what an order can be found by, and its last refusals, survive continue-as-new', async () => {
  const order = await createOrder();
  await raise(order, 7 * DAY);
  await handleOf(order).signal('createMilestone', { milestoneIndex: 9_000, amount: '1.00' });
  await until('the hold', async () => (await attributesOf(order)).TrancheHeldCount === 1);
  const before = await attributesOf(order);
  const { runId } = await handleOf(order).describe();
  await until(
    'a new run',
    async () => {
      await handleOf(order).signal('withdrawDispute', { commandId: `x${Math.random()}`, disputeWindow: 'nonsense' });
      return (await handleOf(order).describe()).runId !== runId;
    },
    40_000,
  );
  expect(await attributesOf(order)).toEqual(before);
  // The new run has had refusals of its own by now, so its input is looked at, too.
  const [started] = await historyOf({ client: temporal }, order.orderId);
  const [input] = started?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  expect(JSON.parse(Buffer.from(input?.data ?? []).toString()).refusals).toHaveLength(5);
  const details = await until('the new run to have loaded', async () => {
    const page = await pageOf(order);
    return !page.startsWith('Loading') && page;
  });
  expect(details).toMatch(
    /Last refusals:\n\n```\n(\d+ dispute\.withdraw invalid_command: .+\n {4}\S+, by operator temporal\n){5}```/,
  );
});

async function pageOf(order: TestOrder): Promise<string> {
  const { definition: _, currentDetails } = await handleOf(order).query<{
    definition: unknown;
    currentDetails: string;
  }>('__temporal_workflow_metadata');
  return currentDetails;
}

const BOOK = {
  plain: {},
  disputed: {},
  justDisputed: {},
  soon: { milestoneTerms: { disputeWindowSeconds: 1_800 } },
  heldLong: {},
  heldMuch: {},
  settled: {},
  failed: { settlementDestination: 'fail_always' },
} satisfies Record<string, OrderOptions>;
const book = {} as Record<keyof typeof BOOK, TestOrder>;

/** By what the recipe finds: of the orders in the book, those that it should find. */
const FOUND: Readonly<Record<string, readonly (keyof typeof BOOK | 'its payout')[]>> = {
  'open orders': ['plain', 'disputed', 'justDisputed', 'soon', 'heldLong', 'heldMuch', 'settled', 'failed'],
  "one merchant's open orders": [
    'plain',
    'disputed',
    'justDisputed',
    'soon',
    'heldLong',
    'heldMuch',
    'settled',
    'failed',
  ],
  'disputed for more than three days': ['disputed'],
  'changes by itself within the hour': ['soon'],
  'held too long': ['heldLong'],
  'many commands held': ['heldMuch'],
  'nothing settled yet': ['plain', 'disputed', 'justDisputed', 'soon', 'heldLong', 'heldMuch'],
  'needs somebody': ['failed'],
  'not recorded': [],
  'workflow task fails': [],
  'payout failed': ['its payout'],
  'payout under way for long': [],
};

beforeAll(async () => {
  for (const name of Object.keys(BOOK) as (keyof typeof BOOK)[]) book[name] = await createOrder(BOOK[name]);
  await raise(book.disputed, 7 * DAY);
  await advance(book.disputed, 4 * DAY);
  await raise(book.justDisputed, 7 * DAY);
  await raise(book.soon, 1_800);
  await holdSince(book.heldLong, 1, Date.now() - 2 * DAY * 1_000);
  for (let index = 1; index <= 12; index++) await holdSince(book.heldMuch, index, Date.now());
  for (const order of [book.settled, book.failed]) {
    const [first = ''] = await order.createAll('10.00', '20.00');
    await order.complete(first);
    await order.release(first);
  }
});

test.each(Object.keys(RECIPES))('the recipe for "%s" finds those orders and no others', async (title) => {
  const expected = FOUND[title];
  if (!expected) throw new Error(`No order in the book is for "${title}"`);
  const idOf = (name: (typeof expected)[number]) =>
    name === 'its payout'
      ? payoutWorkflowId(payoutId(book.failed.orderId, 0))
      : escrowOrderWorkflowId(book[name].orderId);
  const ours = new Set([
    ...Object.values(book).map(({ orderId }) => escrowOrderWorkflowId(orderId)),
    idOf('its payout'),
  ]);
  const query = queryFor(title).replace('merchant_demo', MERCHANT_ID);
  const wanted = expected.map(idOf).sort();
  let found: string[] = [];
  // Temporal's list lags behind by a moment.
  await until('the list to be right', async () => {
    found = (await shell.list(`${query} AND TaskQueue = '${taskQueue}'`)).filter((id) => ours.has(id)).sort();
    return found.join() === wanted.join();
  }).catch(() => expect(found).toEqual(wanted));
});

test('each recipe is tried, and the counts for monitoring use the same queries', () => {
  expect(Object.keys(RECIPES).sort()).toEqual(Object.keys(FOUND).sort());
  const now = Date.UTC(2026, 0, 2);
  const written = ['not recorded', 'workflow task fails', 'held too long'].map((title) =>
    RECIPES[title]?.replace('<now - 1 day>', new Date(now - DAY * 1_000).toISOString()),
  );
  expect(STUCK_KINDS.map((kind) => stuckQuery(kind, now))).toEqual(written);
});
