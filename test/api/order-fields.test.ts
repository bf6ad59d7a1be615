/** Fields of what changes an order: a bad one is named, and nothing is stored or sent. */
import { expect, test } from 'vitest';
import { commands } from '../../src/db/schema.ts';
import { expectError, MILESTONE, PASSED, startEdge } from './edge.ts';

const { api, db, intentId, submitted, milestoneIdOf } = await startEdge();
const milestoneId = await milestoneIdOf(0);
const send = (path: string, body: object) =>
  api.send('POST', `/v1/payment-intents/${intentId}/escrow/${path}`, {
    body,
    headers: { 'Idempotency-Key': `${path}-${JSON.stringify(body)}`.slice(0, 255).replaceAll(/[^!-~]/g, '_') },
  });

const RAISE = { reason: 'Pages are missing', raisedBy: 'buyer-7' };
const WINDOW = 'disputeWindow must be a string of digits: seconds from 1 to 7776000, got';
const SPLIT = { resolution: 'PARTIAL_REFUND', merchantAmount: '1', buyerAmount: '2' };
const SECONDS = 'seconds must be an integer from 1 to 316224000, got';
const SECOND = { ...MILESTONE, milestoneIndex: 1 };
const batch = (fields: object) => ({ milestones: [MILESTONE, { ...SECOND, ...fields }] });

test.each<[path: string, body: object, param: string, message?: string]>([
  ['dispute', { raisedBy: 'x' }, 'reason'],
  ['dispute', { reason: 'x' }, 'raisedBy'],
  ['dispute', { reason: '', raisedBy: 'x' }, 'reason'],
  ['dispute', { ...RAISE, raisedBy: 7 }, 'raisedBy'],
  ['dispute', { ...RAISE, reason: 'x'.repeat(2_001) }, 'reason'],
  ['dispute', { ...RAISE, disputeWindow: 604_800 }, 'disputeWindow', `${WINDOW} 604800`],
  ['dispute', { ...RAISE, disputeWindow: '' }, 'disputeWindow', `${WINDOW} ""`],
  ['dispute', { ...RAISE, disputeWindow: '0' }, 'disputeWindow', `${WINDOW} "0"`],
  ['dispute', { ...RAISE, disputeWindow: '-1' }, 'disputeWindow', `${WINDOW} "-1"`],
  ['dispute', { ...RAISE, disputeWindow: '1.5' }, 'disputeWindow', `${WINDOW} "1.5"`],
  ['dispute', { ...RAISE, disputeWindow: '1e3' }, 'disputeWindow', `${WINDOW} "1e3"`],
  ['dispute', { ...RAISE, disputeWindow: ' 1' }, 'disputeWindow', `${WINDOW} " 1"`],
  ['dispute', { ...RAISE, disputeWindow: '1\n' }, 'disputeWindow', `${WINDOW} "1\\n"`],
  ['dispute', { ...RAISE, disputeWindow: '١' }, 'disputeWindow', `${WINDOW} "١"`],
  ['dispute', { ...RAISE, disputeWindow: '7776001' }, 'disputeWindow', `${WINDOW} "7776001"`],
  ['dispute', { ...RAISE, disputeWindow: '9999999999' }, 'disputeWindow'],
  ['dispute', { ...RAISE, milestoneId: 0 }, 'milestoneId'],
  ['dispute', { ...RAISE, milestoneIndex: 0 }, 'milestoneIndex'],
  ['dispute/resolve', {}, 'resolution'],
  [
    ...(['dispute/resolve', { resolution: 'DRAW' }, 'resolution'] as const),
    'resolution must be one of MERCHANT_WON, BUYER_WON, PARTIAL_REFUND, got "DRAW"',
  ],
  [
    ...(['dispute/resolve', { ...SPLIT, merchantAmount: undefined }, 'merchantAmount'] as const),
    'merchantAmount is required: a PARTIAL_REFUND says who gets how much',
  ],
  ['dispute/resolve', { ...SPLIT, buyerAmount: undefined }, 'buyerAmount'],
  ['dispute/resolve', { ...SPLIT, buyerAmount: '0' }, 'buyerAmount', 'The amount must be greater than 0'],
  ['dispute/resolve', { ...SPLIT, merchantAmount: 1 }, 'merchantAmount'],
  [
    ...(['dispute/resolve', { ...SPLIT, buyerAmount: '0.0000001' }, 'buyerAmount'] as const),
    'buyerAmount must have at most 6 decimals in USDC, got "0.0000001"',
  ],
  [
    ...(['dispute/resolve', { resolution: 'BUYER_WON', buyerAmount: '1' }, 'buyerAmount'] as const),
    'buyerAmount is for a PARTIAL_REFUND only: BUYER_WON gives all of it to one party',
  ],
  ['dispute/resolve', { resolution: 'MERCHANT_WON', merchantAmount: '1' }, 'merchantAmount'],
  ['dispute/withdraw', { reason: '' }, 'reason'],
  ['dispute/withdraw', { raisedBy: 'x' }, 'raisedBy', 'Unknown field "raisedBy": allowed are reason'],
  ['advance-clock', {}, 'seconds'],
  ['advance-clock', { seconds: 0 }, 'seconds', `${SECONDS} 0`],
  ['advance-clock', { seconds: '60' }, 'seconds', `${SECONDS} "60"`],
  ['advance-clock', { seconds: 316_224_001 }, 'seconds', `${SECONDS} 316224001`],
  ['advance-clock', { days: 1 }, 'seconds'],
  [`milestones/${milestoneId}/extend`, {}, 'seconds'],
  [`milestones/${milestoneId}/extend`, { seconds: -1 }, 'seconds', `${SECONDS} -1`],
  [`milestones/${milestoneId}/extend`, { seconds: 1.5 }, 'seconds', `${SECONDS} 1.5`],
  ['milestones/batch', {}, 'milestones', 'milestones is required: an array of 1 to 100 milestones'],
  ['milestones/batch', { milestones: [] }, 'milestones'],
  ['milestones/batch', { milestones: Array(101).fill(MILESTONE) }, 'milestones'],
  ['milestones/batch', { milestones: MILESTONE }, 'milestones'],
  ['milestones/batch', { milestones: [7] }, 'milestones[0]'],
  ['milestones/batch', { milestones: [MILESTONE], dryRun: 'yes' }, 'dryRun', 'dryRun must be true or false, got "yes"'],
  [
    ...(['milestones/batch', { milestones: [MILESTONE], dry: true }, 'dry'] as const),
    'Unknown field "dry": allowed are milestones, dryRun',
  ],
  ['milestones/batch', batch({ amount: '0' }), 'milestones[1].amount', 'The amount must be greater than 0'],
  ['milestones/batch', batch({ amount: 1 }), 'milestones[1].amount'],
  [
    ...(['milestones/batch', batch({ amount: undefined }), 'milestones[1].amount'] as const),
    'milestones[1].amount is required: a decimal string greater than 0, such as "300.00"',
  ],
  [
    ...(['milestones/batch', batch({ amount: '1.0000001' }), 'milestones[1].amount'] as const),
    'milestones[1].amount must have at most 6 decimals in USDC, got "1.0000001"',
  ],
  ['milestones/batch', batch({ milestoneIndex: -1 }), 'milestones[1].milestoneIndex'],
  ['milestones/batch', batch({ metadata: { key: 1 } }), 'milestones[1].metadata.key'],
  [
    ...(['milestones/batch', batch({ amout: '1' }), 'milestones[1].amout'] as const),
    'Unknown field "amout": allowed are milestoneIndex, amount, description, percentage, dueAt, metadata',
  ],
])('%s %j: %s', async (path, body, param, message) => {
  const before = submitted.length;
  const answer = await send(path, body);
  expectError(answer, 400, { code: 'invalid_request', param, ...(message !== undefined && { message }) });
  expect(answer.headers['error-reason']).toBe('field_invalid');
  expect(submitted.length).toBe(before);
  expect(await db.$count(commands)).toBe(0);
});

test('a field inside an object of an intent is named with its place, and so are those allowed there', async () => {
  const body = { amount: '1', currency: 'USD', type: 'DELIVERY_VS_PAYMENT', settlementMethod: 'OFF_RAMP_MOCK' };
  const answer = await api.send('POST', '/v1/payment-intents', {
    body: { ...body, settlementDestination: 'x', milestoneTerms: { releasedBy: 'buyer' } },
  });
  expectError(answer, 400, {
    param: 'milestoneTerms.releasedBy',
    message:
      'Unknown field "releasedBy": allowed are inspectionPeriodSeconds, releaseBy, onOverdue, disputeDefault, disputeWindowSeconds',
  });
});

test('what is given reaches the command', async () => {
  const sent = async (path: string, body: object) => {
    expect((await send(path, body)).status).toBe(PASSED);
    const { id: _, receivedAt: __, actor: ___, ...command } = submitted.at(-1) ?? {};
    return command;
  };
  expect(await sent('dispute', { ...RAISE, milestoneId })).toEqual({
    ...{ type: 'dispute.raise', turnWaitMs: 0, milestoneIndex: 0, details: RAISE },
  });
  expect(await sent('dispute', { ...RAISE, disputeWindow: '7776000' })).toEqual({
    ...{ type: 'dispute.raise', turnWaitMs: 0, windowSeconds: 7_776_000, details: RAISE },
  });
  expect(await sent('dispute/resolve', { ...SPLIT, buyerAmount: '2.10', reason: 'x' })).toEqual({
    ...{ type: 'dispute.resolve', turnWaitMs: 0, resolution: 'PARTIAL_REFUND', details: { reason: 'x' } },
    ...{ merchantAmount: '1.00', buyerAmount: '2.10' },
  });
  const milestones = [MILESTONE, { ...SECOND, description: 'x', dueAt: '2026-01-31T12:00:00Z' }];
  expect(await sent('milestones/batch', { milestones })).toEqual({
    ...{ type: 'milestone_batch.create', turnWaitMs: 0 },
    items: [MILESTONE, { ...SECOND, dueAt: Date.UTC(2026, 0, 31, 12) }],
    details: { items: [{}, { description: 'x' }] },
  });
});
