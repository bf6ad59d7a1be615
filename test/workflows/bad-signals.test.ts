import { expect, test } from 'vitest';
import { restingHistoryOf, typeOf } from '../support/history.ts';
import { upTo } from '../support/numbers.ts';
import { MERCHANT_ID, passingOrder, testOrders } from '../support/orders.ts';
import { payload, sendPayloads, sendRaw } from '../support/raw-signals.ts';
import { create, wordFor } from '../support/steps.ts';
import { until } from '../support/until.ts';

const orders = await testOrders();
const HUGE = 'x'.repeat(1_000_000);
/** As somebody types it who calls it something. */
const OF = (index: number) => ({ commandId: `mine/${index}`, milestoneIndex: index, amount: '1.00' });
const GOOD = { milestoneIndex: 0, amount: '1.00' };

const newOrder = () => passingOrder(orders);

/** What became of the first thing that was ever sent to the order. */
async function firstOutcome(orderId: string) {
  return until('an outcome', async () => (await orders.logOf(orderId))[0], 8_000);
}

/** The order takes a good command, and its workflow completes the task in which it did. */
async function expectAlive(orderId: string): Promise<void> {
  const options = { merchantId: MERCHANT_ID, waitMs: 5_000, untilHeld: false, send: true };
  expect(wordFor(await orders.gateway.submit(orderId, create(0), options))).toBe('accepted');
  const types = (await restingHistoryOf(orders, orderId)).map(typeOf);
  expect(types.filter((type) => type === 'workflowTaskFailed' || type === 'workflowTaskTimedOut')).toEqual([]);
}

const malformed: [what: string, signal: string, argument: unknown, problem: RegExp][] = [
  ['nothing', 'createMilestone', undefined, /must be a JSON object, got nothing/],
  ['null', 'createMilestone', null, /must be a JSON object, got null/],
  ['a number', 'createMilestone', 7, /must be a JSON object, got 7/],
  ['a text', 'createMilestone', 'milestone 0, 1.00', /must be a JSON object, got "milestone 0, 1.00"/],
  ['a huge text', 'createMilestone', HUGE, /must be a JSON object, got a string of 1000000 characters/],
  ['an array', 'createMilestone', [GOOD], /must be a JSON object, got an array/],
  ['an empty object', 'createMilestone', {}, /milestoneIndex must be an integer/],
  ['an index as text', 'createMilestone', { ...GOOD, milestoneIndex: '0' }, /milestoneIndex must be an integer/],
  ['an index of 10 000', 'createMilestone', { ...GOOD, milestoneIndex: 10_000 }, /from 0 to 9999, got 10000/],
  ['half an index', 'createMilestone', { ...GOOD, milestoneIndex: 0.5 }, /milestoneIndex must be an integer/],
  ['an amount as number', 'createMilestone', { ...GOOD, amount: 1 }, /amount must be a decimal string/],
  ['an amount of nothing', 'createMilestone', { ...GOOD, amount: '0.00' }, /amount must be a decimal string greater/],
  ['an amount of NaN', 'createMilestone', { ...GOOD, amount: 'NaN' }, /amount must be a decimal string/],
  ['a huge amount', 'createMilestone', { ...GOOD, amount: '9'.repeat(1_000_000) }, /amount must be a decimal/],
  ['a huge description', 'createMilestone', { ...GOOD, description: HUGE }, /description must have at most 2000/],
  ['NUL in a text', 'createMilestone', { ...GOOD, description: 'a\u0000b' }, /description must not contain NUL/],
  [
    'half a character',
    'createMilestone',
    { ...GOOD, description: 'a\ud83d' },
    /description must not contain NUL or lone/,
  ],
  ['metadata of objects', 'createMilestone', { ...GOOD, metadata: { a: {} } }, /metadata must be an object of at most/],
  ['an unknown field', 'createMilestone', { ...GOOD, percent: 30 }, /Unknown field .*percent/],
  ['a field called NUL', 'createMilestone', { ...GOOD, '\u0000': 1 }, /Unknown field/],
  ['a field of half a character', 'createMilestone', { ...GOOD, [`${'x'.repeat(39)}😀`]: 1 }, /Unknown field/],
  ['a huge field name', 'createMilestone', { ...GOOD, [HUGE]: 1 }, /Unknown field .{0,60}$/],
  ['an id that is none', 'createMilestone', { ...GOOD, commandId: 'a b' }, /commandId must be 1 to 128 letters/],
  ['an actor that is none', 'createMilestone', { ...GOOD, actor: { role: 'god', id: '1' } }, /actor must be/],
  ['a time in words', 'createMilestone', { ...GOOD, receivedAt: 'yesterday' }, /receivedAt must be an integer/],
  ['a wait below zero', 'createMilestone', { ...GOOD, turnWaitMs: -1 }, /turnWaitMs must be an integer/],
  ['a completion by nobody', 'completeMilestone', { milestoneIndex: 0 }, /completedBy must be a non-empty string/],
  ['a release of nothing', 'releaseMilestone', {}, /milestoneIndex must be an integer/],
  ['a withdrawal of nothing', 'cancelCommand', {}, /targetCommandId must be/],
  ['a fund with an amount', 'fundOrder', { amount: '5.00' }, /Unknown field .*amount/],
  ['a signal nobody knows', 'payMeNow', GOOD, /No signal is called "payMeNow". Known: createMilestone/],
  ['a signal called like a method', 'constructor', GOOD, /No signal is called "constructor"/],
  ['a signal with a huge name', 'z'.repeat(900), GOOD, /No signal is called a string of 900 characters/],
  ['a signal called in NUL', 'pay\u0000me', GOOD, /No signal is called/],
];

test.each(malformed)(
  '%s is recorded as an invalid command, and the order goes on',
  async (_, signal, argument, problem) => {
    const orderId = await newOrder();
    await sendRaw(orders, orderId, signal, argument);
    const { outcome, reason, detail, actorRole } = await firstOutcome(orderId);
    expect({ outcome, reason, actorRole }).toEqual({
      outcome: 'rejected',
      reason: 'invalid_command',
      actorRole: 'operator',
    });
    expect(detail?.problem).toMatch(problem);
    await expectAlive(orderId);
  },
);

const undecodable: [what: string, ...Parameters<typeof payload>][] = [
  ['broken JSON', 'json/plain', '{"milestoneIndex": 0, "amount'],
  ['JSON that is none', 'json/plain', 'undefined'],
  ['no JSON at all', 'json/plain', ''],
  ['an encoding from elsewhere', 'binary/zstd', '\u0001\u0002'],
  ['a protobuf', 'json/protobuf', '{}'],
  ['bytes', 'binary/plain', 'milestone 0'],
  ['nothing', 'binary/null', ''],
  ['no encoding', null, '{}'],
];

test.each(undecodable)(
  'a payload of %s is recorded as an invalid command, and the order goes on',
  async (_, ...parts) => {
    const orderId = await newOrder();
    await orders.signals.wake(orderId);
    await sendPayloads(orders, orderId, 'createMilestone', [payload(...parts)]);
    expect(await firstOutcome(orderId)).toMatchObject({ outcome: 'rejected', reason: 'invalid_command' });
    await expectAlive(orderId);
  },
);

test('a payload that cannot be decoded is recorded with the reason why', async () => {
  const orderId = await newOrder();
  await orders.signals.wake(orderId);
  await sendPayloads(orders, orderId, 'createMilestone', [payload('json/protobuf', '{}')]);
  const { detail } = await firstOutcome(orderId);
  expect(detail?.problem).toMatch(/^The payload of 2 bytes cannot be decoded: .*(protobuf|encoding)/i);
});

test('a bad argument spoils neither its neighbours in the signal nor the next signals', async () => {
  const orderId = await newOrder();
  await sendRaw(orders, orderId, 'createMilestone', OF(0), null, OF(1), [], OF(2));
  await sendRaw(orders, orderId, 'createMilestone', OF(3));
  const log = await until('all outcomes', async () => {
    const entries = await orders.logOf(orderId);
    return entries.length === 6 && entries;
  });
  const words = log.map(({ outcome, reason }) => reason ?? outcome);
  expect(words).toEqual(['accepted', 'invalid_command', 'accepted', 'invalid_command', 'accepted', 'accepted']);
  // Without ids of their own they get some, each another one.
  expect(new Set(log.map(({ commandId }) => commandId)).size).toBe(6);
});

test('thousands of bad signals in a row are recorded one by one and hold nothing up for long', async () => {
  const orderId = await newOrder();
  await Promise.all(upTo(20).map(() => sendRaw(orders, orderId, 'createMilestone', ...Array(100).fill(13))));
  await expectAlive(orderId);
  expect(await orders.logOf(orderId)).toHaveLength(2_001);
});

test.each(['__temporal_mine', '__stack_trace', '__enhanced_stack_trace', '__proto__'])(
  'a signal by the reserved name %s does not stop the order',
  async (name) => {
    const orderId = await newOrder();
    await orders.signals.wake(orderId);
    // Either the server refuses it or the workflow has to live with it.
    await sendRaw(orders, orderId, name, GOOD).catch(() => {});
    await expectAlive(orderId);
  },
);

test.each([1e13, 2e14, Date.UTC(9999, 11, 31)])(
  'a wait of %d ms, longer than Temporal or PostgreSQL can tell, does not stop the order',
  async (turnWaitMs) => {
    const orderId = await newOrder();
    await sendRaw(orders, orderId, 'createMilestone', { ...GOOD, milestoneIndex: 1, turnWaitMs });
    expect((await firstOutcome(orderId)).reason).not.toBe('internal_conflict');
    await expectAlive(orderId);
  },
);

const inputs: [what: string, input: (orderId: string) => unknown[]][] = [
  ['no input', () => []],
  ['a number for its order', () => [{ orderId: 7 }]],
  ['an inbox of nonsense', (orderId) => [{ orderId, inbox: [7, null, 'x'] }]],
];

test.each(inputs)('a workflow that somebody starts by hand with %s does not stop its order', async (_, input) => {
  const orderId = await newOrder();
  const { workflowId } = orders.workflow(orderId);
  const { taskQueue } = orders;
  const args = input(orderId);
  await orders.client.workflow.start('escrowOrder', { workflowId, taskQueue, args, workflowTaskTimeout: '5s' });
  await expectAlive(orderId);
});
