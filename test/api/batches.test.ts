/** Several milestones at once: all or none, and what a dry run tells. */
import { describe, expect, test } from 'vitest';
import { commands } from '../../src/db/schema.ts';
import { BATCH_MAX_MILESTONES } from '../../src/domain/commands.ts';
import { testOrders } from '../support/orders.ts';
import { startApi } from './api-server.ts';
import { expectRefusal, type NewOrderOptions, newOrder } from './order-client.ts';

const { db, gateway } = await testOrders();
const api = await startApi(db, gateway, { config: { turnWaitMs: 500, commandWaitMs: 15_000 } });
const buyer = await api.addKey({ role: 'buyer' });

type Given = [index: number, amount: string, more?: object];
const itemsOf = (given: Given[]) =>
  given.map(([milestoneIndex, amount, more]) => ({ milestoneIndex, amount, ...more }));

async function batchOrder(options: NewOrderOptions = {}) {
  const order = await newOrder(api, options);
  return {
    ...order,
    batch: (given: Given[], sent = {}) => order.post('/milestones/batch', { milestones: itemsOf(given) }, sent),
    dryRun: async (given: Given[], sent = {}) => {
      const answer = await order.post('/milestones/batch', { milestones: itemsOf(given), dryRun: true }, sent);
      expect([answer.status, answer.json.object, Object.keys(answer.json)]).toEqual([
        ...[200, 'milestone_batch', ['object', 'data']],
      ]);
      return answer.json.data;
    },
  };
}

/** The refusals of a batch, each with the item that it is about; the same from a dry run. */
const REFUSALS: [
  title: string,
  Given[],
  position: number,
  code: string,
  message: string,
  reason: string,
  field: string,
][] = [
  [
    ...([
      'a taken index',
      [
        [1, '1.00'],
        [0, '1.00'],
      ],
      1,
      'invalid_request',
    ] as [string, Given[], number, string]),
    ...(['Milestone with index 0 already exists', 'milestone_index_taken', 'milestoneIndex'] as const),
  ],
  [
    ...([
      'one index twice',
      [
        [1, '1.00'],
        [1, '2.00'],
      ],
      1,
      'invalid_request',
    ] as [string, Given[], number, string]),
    ...(['Milestone with index 1 already exists', 'milestone_index_taken', 'milestoneIndex'] as const),
  ],
  [
    ...([
      'a gap',
      [
        [1, '1.00'],
        [3, '1.00'],
      ],
      1,
      'invalid_request',
    ] as [string, Given[], number, string]),
    ...(['Previous milestone (index 2) must be created first', 'previous_milestone_missing'] as const),
    'milestoneIndex',
  ],
  [
    ...([
      'a sum too large',
      [
        [2, '500.01'],
        [1, '400.00'],
      ],
      0,
      'invalid_request',
    ] as [string, Given[], number, string]),
    ...(['Total milestone amounts exceed escrow order amount', 'total_exceeds_order', 'amount'] as const),
  ],
];

describe('a batch', () => {
  test('creates all its milestones, and answers them in index order', async () => {
    const order = await batchOrder();
    const details = { description: 'Draft', percentage: 10, metadata: { po: '7' }, dueAt: '2027-01-31T12:00:00Z' };
    const made = await order.batch([
      [2, '500.00'],
      [0, '100', details],
      [1, '400.00', { description: null }],
    ]);
    expect([made.status, Object.keys(made.json), made.json.object]).toEqual([
      201,
      ['object', 'data', 'hasMore'],
      'list',
    ]);
    expect(made.text).toBe((await order.list()).text);
    expect(made.json.data[0].data).toMatchObject({ ...details, amount: '100.00', status: 'PENDING' });
    expect(Object.keys(made.json.data[1].data)).toEqual([
      ...['id', 'escrowOrderId', 'paymentIntentId', 'milestoneIndex', 'description', 'amount', 'percentage', 'status'],
      'createdAt',
    ]);
    expect((await order.escrow()).json.data.allocatedAmount).toBe('1000.00');
  });

  test.each(REFUSALS)(
    'with %s creates nothing and names the item',
    async (_title, given, position, code, message, reason, field) => {
      const order = await batchOrder();
      await order.create(0, '100.00');
      const refused = await order.batch(given);
      expectRefusal(refused, 400, code, message, reason, `milestones[${position}].${field}`);
      expect(await order.statuses()).toBe('PENDING');
    },
  );

  test('of a hundred is created, with a hundred and one nothing is', async () => {
    const order = await batchOrder();
    const all = Array.from({ length: BATCH_MAX_MILESTONES + 1 }, (_, index): Given => [index, '1.00']);
    expect((await order.batch(all)).json.error.param).toBe('milestones');
    expect((await order.batch(all.slice(0, BATCH_MAX_MILESTONES))).status).toBe(201);
    expect((await order.list('?limit=100')).json.data.length).toBe(100);
  });

  test('is refused while the order is disputed, once it is closed, and from the buyer', async () => {
    const order = await batchOrder();
    await order.post('/dispute', { reason: 'x', raisedBy: 'y' });
    const disputed = 'Cannot create milestone batch: order is disputed';
    expectRefusal(await order.batch([[0, '1.00']]), 400, 'invalid_status', disputed, 'order_disputed');
    await order.post('/dispute/withdraw');
    expect((await order.batch([[0, '1.00']], { key: buyer })).json.error).toEqual({
      ...{ code: 'forbidden', message: 'A key of role buyer may not create milestone batch' },
      type: 'authentication_error',
    });
    await order.post('/cancel');
    const closed = 'Cannot create milestone batch: order is already cancelled';
    expectRefusal(await order.batch([[0, '1.00']]), 400, 'invalid_status', closed, 'order_closed');
  });

  test('repeated with its key answers the same bytes and creates nothing more', async () => {
    const order = await batchOrder();
    const sent = { headers: { 'Idempotency-Key': `batch-${order.intentId}` } };
    const first = await order.batch(
      [
        [0, '1.00'],
        [1, '2.00'],
      ],
      sent,
    );
    await order.complete(0);
    const repeat = await order.batch(
      [
        [0, '1.00'],
        [1, '2.00'],
      ],
      sent,
    );
    expect([repeat.status, repeat.text, repeat.headers['idempotent-replayed']]).toEqual([201, first.text, 'true']);
    expect(
      (
        await order.batch(
          [
            [0, '1.00'],
            [1, '2.01'],
          ],
          sent,
        )
      ).status,
    ).toBe(422);
    expect(await order.statuses()).toBe('COMPLETED PENDING');
  });

  test('is at a place of its own: nothing but POST is allowed there', async () => {
    const order = await batchOrder();
    const answer = await api.send('GET', `/v1/payment-intents/${order.intentId}/escrow/milestones/batch`);
    expect([answer.status, answer.headers.allow]).toEqual([405, 'POST']);
  });
});

describe('a dry run', () => {
  test('of a good batch says so, and changes and claims nothing', async () => {
    const order = await batchOrder();
    const given: Given[] = [
      [1, '600.00'],
      [0, '400.00'],
    ];
    const sent = { headers: { 'Idempotency-Key': `dry-${order.intentId}` } };
    const [version, claims] = [await order.version(), await db.$count(commands)];
    expect(await order.dryRun(given, sent)).toEqual({
      valid: true,
      items: [
        { milestoneIndex: 1, valid: true },
        { milestoneIndex: 0, valid: true },
      ],
    });
    expect([await order.version(), await db.$count(commands)]).toEqual([version, claims]);
    // Its key was not used up.
    expect((await order.batch(given, sent)).status).toBe(201);
  });

  test.each(REFUSALS)(
    'with %s tells what the batch would be refused for',
    async (_title, given, position, code, message, _reason, field) => {
      const order = await batchOrder();
      await order.create(0, '100.00');
      const error = { code, message, type: 'invalid_request_error', param: `milestones[${position}].${field}` };
      const { valid, items } = await order.dryRun(given);
      expect([valid, items[position]]).toEqual([false, { milestoneIndex: given[position]?.[0], valid: false, error }]);
      expect((await order.batch(given)).json.error).toEqual(error);
    },
  );

  test('judges each item as if the valid ones before it existed', async () => {
    const order = await batchOrder();
    const { valid, items } = await order.dryRun([
      [0, '900.00'],
      [1, '100.01'],
      [1, '50.00'],
      [2, '50.0000001'],
      [3, '1'],
      [2, '50'],
    ]);
    expect(valid).toBe(false);
    expect(items.map((item: { valid: boolean; error?: { param: string } }) => item.error?.param ?? item.valid)).toEqual(
      [
        true,
        'milestones[1].amount',
        true,
        'milestones[3].amount',
        // By then the valid ones add up to the whole order.
        'milestones[4].amount',
        true,
      ],
    );
    expect(items[3].error.message).toBe('milestones[3].amount must have at most 6 decimals in USDC, got "50.0000001"');
  });

  test('tells of an order that takes no more milestones', async () => {
    const order = await batchOrder();
    await order.post('/cancel');
    const error = {
      ...{ code: 'invalid_status', message: 'Cannot create milestone batch: order is already cancelled' },
      type: 'invalid_request_error',
    };
    expect(await order.dryRun([[0, '1.00']])).toEqual({
      valid: false,
      items: [{ milestoneIndex: 0, valid: false, error }],
    });
  });
});
