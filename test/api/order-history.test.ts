/**
 * What an order's timeline and ledger show of its past.
 */
import { describe, expect, test } from 'vitest';
import { testOrders } from '../support/orders.ts';
import { sendRaw } from '../support/raw-signals.ts';
import { complete as completeCommand, hold, WITHOUT_END } from '../support/steps.ts';
import { until } from '../support/until.ts';
import { type ApiAnswer, startApi } from './api-server.ts';
import { newOrder } from './order-client.ts';

const orders = await testOrders();
const api = await startApi(orders.db, orders.gateway, { config: { turnWaitMs: 2_000, commandWaitMs: 15_000 } });

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
type Item = { id: string; data: Record<string, unknown> };

/** A funded order with milestone 0 partly released, 1 amended, an early create refused and one held and withdrawn. */
async function orderWithPast() {
  const order = await newOrder(api);
  const escrow = `/v1/payment-intents/${order.intentId}/escrow`;
  const { id: orderId } = (await order.escrow()).json;
  const suffix = orderId.split('_').at(-1) as string;
  const milestone = (index: number) => `milestone_${suffix}000${index}`;
  await order.create(0, '300');
  await order.create(1, '200.5');
  await order.complete(0);
  await api.send('POST', `${escrow}/milestones/${milestone(0)}/release`, { body: { amount: '120' } });
  await api.send('PATCH', `${escrow}/milestones/${milestone(1)}`, { body: { amount: '250', description: 'more' } });
  await order.create(0, '1', { headers: { 'Idempotency-Key': `again-${suffix}` } });
  const early = completeCommand(3, WITHOUT_END);
  await hold(orders, orderId, early);
  expect((await api.send('POST', `/v1/commands/${early.id}/cancel`)).status).toBe(200);
  await api.send('POST', `${escrow}/refund`, { body: { amount: '100', reason: 'smaller scope' } });
  const list = (what: 'timeline' | 'ledger', query = '') => api.send('GET', `${escrow}/${what}${query}`);
  return { ...order, orderId, suffix, milestone, early, list };
}

const past = await orderWithPast();

/** Every item, a page at a time. */
async function pagesOf(what: 'timeline' | 'ledger', limit: number): Promise<Item[]> {
  const items: Item[] = [];
  for (let more = true; more; ) {
    const last = items.at(-1);
    const after = last ? `&starting_after=${encodeURIComponent(last.id)}` : '';
    const { json } = await past.list(what, `?limit=${limit}${after}`);
    expect(json.data.length).toBeLessThanOrEqual(limit);
    items.push(...json.data);
    more = json.hasMore;
  }
  return items;
}

function expectFieldRefused(answer: ApiAnswer, param: string) {
  expect([answer.status, answer.json.error.param]).toEqual([400, param]);
}

describe('the timeline', () => {
  test('tells what happened, oldest first, by whom, of which milestone and amount', async () => {
    const { json } = await past.list('timeline', '?limit=100');
    expect(Object.keys(json)).toEqual(['object', 'data', 'hasMore']);
    expect(json).toMatchObject({ object: 'list', hasMore: false });
    const told = json.data.map(
      ({ data }: Item) => `${data.version} ${data.type} ${data.outcome} ${data.milestoneIndex}`,
    );
    expect(told).toEqual([
      '1 order.fund accepted undefined',
      '2 milestone.create accepted 0',
      '3 milestone.create accepted 1',
      '4 milestone.complete accepted 0',
      '5 milestone.release accepted 0',
      '6 milestone.amend accepted 1',
      '7 milestone.create rejected 0',
      '8 milestone.complete held 3',
      '9 command.cancel accepted undefined',
      '10 milestone.complete rejected 3',
      '11 order.refund accepted undefined',
    ]);
    expect(json.data[4]).toEqual({
      id: `entry_${past.suffix}0000005`,
      object: 'timeline_entry',
      data: {
        id: `entry_${past.suffix}0000005`,
        escrowOrderId: past.orderId,
        paymentIntentId: past.intentId,
        version: 5,
        at: expect.stringMatching(INSTANT),
        commandId: expect.stringMatching(/^cmd_/),
        type: 'milestone.release',
        actor: { role: 'merchant', id: 'merchant_test', via: 'api', keyId: expect.stringMatching(/^key_|^[0-9a-z]+$/) },
        outcome: 'accepted',
        milestoneId: past.milestone(0),
        milestoneIndex: 0,
        events: [
          {
            type: 'milestone.released',
            milestoneId: past.milestone(0),
            milestoneIndex: 0,
            amount: '120.00',
            refundedAmount: '180.00',
            releasedBy: 'merchant_test',
          },
          {
            type: 'payout.created',
            milestoneId: past.milestone(0),
            milestoneIndex: 0,
            amount: '120.00',
          },
        ],
      },
    });
    expect(json.data[5].data.events).toEqual([
      {
        type: 'milestone.amended',
        milestoneId: past.milestone(1),
        milestoneIndex: 1,
        amount: '250.00',
        previousAmount: '200.50',
        description: 'more',
      },
    ]);
    expect(json.data[8].data.events).toEqual([{ type: 'command.cancelled', commandId: past.early.id }]);
    expect(json.data[10].data.events).toEqual([
      { type: 'escrow_order.refunded', amount: '100.00', reason: 'smaller scope' },
    ]);
  });

  test('says why a command was refused, and what a held one waits for', async () => {
    const { json } = await past.list('timeline', '?limit=100');
    expect(json.data[6].data).toMatchObject({
      amount: '1.00',
      reason: 'milestone_index_taken',
      message: 'Milestone with index 0 already exists',
    });
    const held = json.data[7].data;
    expect(held).toMatchObject({ reason: 'milestone_missing', waitingFor: 'milestone 3 to be created' });
    expect(Object.keys(held)).not.toContain('until');
    expect(json.data[9].data).toMatchObject({
      commandId: past.early.id,
      reason: 'command_cancelled',
      message: 'Command was cancelled while it waited for its turn',
    });
  });

  test('keeps what is wrong with an unknown signal to the operators', async () => {
    const order = await newOrder(api);
    const { id } = (await order.escrow()).json;
    await sendRaw(orders, id, 'payAllOfIt', {});
    const entry = await until('its refusal', async () => {
      const { json } = await api.send('GET', `/v1/payment-intents/${order.intentId}/escrow/timeline`);
      return json.data.find(({ data }: Item) => data.outcome === 'rejected') as Item | undefined;
    });
    expect(entry.data).toMatchObject({ type: 'unknown', message: 'The request is not one that can be made' });
    expect(JSON.stringify(entry)).not.toContain('payAllOfIt');
  });
});

describe('the ledger', () => {
  test('shows every movement with its legs, oldest first, and what is in escrow now', async () => {
    const { json } = await past.list('ledger');
    expect(Object.keys(json)).toEqual(['object', 'data', 'hasMore', 'balances']);
    expect(json.balances).toEqual([{ account: 'escrow', amount: '600.00', currency: 'USDC' }]);
    const legs = json.data.map(({ data }: Item) => [
      data.type,
      (data.postings as Record<string, string>[]).map((leg) => Object.values(leg).join(' ')),
    ]);
    expect(legs).toEqual([
      ['fund', ['external debit 1000.00 USDC', 'escrow credit 1000.00 USDC']],
      [
        'release',
        [
          'escrow debit 120.00 USDC',
          'merchant credit 120.00 USDC',
          'escrow debit 180.00 USDC',
          'external credit 180.00 USDC',
        ],
      ],
      ['refund', ['escrow debit 100.00 USDC', 'external credit 100.00 USDC']],
    ]);
    const { postings: _, ...release } = json.data[1].data;
    expect(release).toEqual({
      id: `release/${past.milestone(0)}`,
      escrowOrderId: past.orderId,
      paymentIntentId: past.intentId,
      type: 'release',
      at: expect.stringMatching(INSTANT),
      timelineEntryId: `entry_${past.suffix}0000005`,
    });
  });

  test('of an order without money is empty', async () => {
    const order = await newOrder(api, { funded: false });
    const { json } = await api.send('GET', `/v1/payment-intents/${order.intentId}/escrow/ledger`);
    const balances = [{ account: 'escrow', amount: '0.00', currency: 'USDC' }];
    expect(json).toEqual({ object: 'list', data: [], hasMore: false, balances });
  });
});

describe.each(['timeline', 'ledger'] as const)('pages of the %s', (what) => {
  test('add up to all of it, whatever their size', async () => {
    const { json } = await past.list(what, '?limit=100');
    for (const limit of [1, 2, json.data.length]) expect(await pagesOf(what, limit)).toEqual(json.data);
  });

  test('are read with one statement besides the caller’s and the order’s', async () => {
    await past.list(what);
    const before = orders.statements().length;
    await past.list(what);
    expect(orders.statements().length - before).toBeLessThanOrEqual(2);
  });

  test('refuse unknown parameters, wrong limits and cursors of other orders', async () => {
    expectFieldRefused(await past.list(what, '?order=desc'), 'order');
    for (const limit of ['0', '101', 'x', '']) expectFieldRefused(await past.list(what, `?limit=${limit}`), 'limit');
    const others = [
      'entry_x0000001',
      'entry_0000001',
      `entry_${past.suffix}1`,
      `entry_${past.suffix}9999999999`,
      `evt_${past.suffix}0000001`,
      'release/milestone_x0000',
      `fund/${(await (await newOrder(api)).escrow()).json.id}`,
      '%00',
      '',
    ];
    for (const id of others) expectFieldRefused(await past.list(what, `?starting_after=${id}`), 'starting_after');
  });
});
