/** A webhook is Tranche's, or it is refused. */
import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, expectTypeOf, test } from 'vitest';
import type { Milestone } from '../../clients/typescript/src/index.ts';
import {
  verifyFinternetSignature,
  verifyWebhook,
  WebhookVerificationError,
} from '../../clients/typescript/src/webhooks.ts';

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes, ok').toString('base64')}`;
const OTHER_SECRET = `whsec_${Buffer.from('another secret of 32 bytes, fine').toString('base64')}`;
const EVENT = {
  id: 'evt_1',
  object: 'event',
  type: 'milestone.released',
  data: { object: { id: 'milestone_1', milestoneIndex: 0, status: 'RELEASED' } },
  created: '2026-11-23T12:00:00Z',
  sequence: 3,
  escrowOrderId: 'escrow_order_1',
};
const BODY = JSON.stringify(EVENT);

/** As an endpoint with these secrets is sent it: signed with each of them. */
function headersOf(secrets: readonly string[], sentAt = new Date(), body = BODY) {
  return {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign('evt_1', sentAt, body)).join(' '),
    'finternet-signature': createHmac('sha256', secrets[0] ?? '')
      .update(body)
      .digest('hex'),
  };
}

test('a webhook’s event is what was signed, from text or bytes, whatever form its headers have', () => {
  const headers = headersOf([SECRET]);
  const upperCase = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]));
  for (const given of [headers, new Headers(headers), upperCase]) {
    expect(verifyWebhook(BODY, given, SECRET)).toEqual(EVENT);
    expect(verifyWebhook(Buffer.from(BODY), given, SECRET)).toEqual(EVENT);
    expect(verifyWebhook(new TextEncoder().encode(BODY), given, SECRET)).toEqual(EVENT);
    expect(verifyFinternetSignature(BODY, given, SECRET)).toEqual(EVENT);
  }
});

test('while a secret is rotated, either side may be ahead', () => {
  const both = headersOf([OTHER_SECRET, SECRET]);
  expect(verifyWebhook(BODY, both, SECRET)).toEqual(EVENT);
  expect(verifyWebhook(BODY, both, OTHER_SECRET)).toEqual(EVENT);
  expect(verifyWebhook(BODY, headersOf([SECRET]), [OTHER_SECRET, SECRET])).toEqual(EVENT);
  expect(verifyFinternetSignature(BODY, headersOf([SECRET]), [OTHER_SECRET, SECRET])).toEqual(EVENT);
});

test.each([
  ['another secret', BODY, headersOf([OTHER_SECRET])],
  ['another body', BODY.replace('"sequence":3', '"sequence":4'), headersOf([SECRET])],
  ['no headers', BODY, {}],
  ['a signature cut short', BODY, cutShort(headersOf([SECRET]))],
])('%s is refused', (_, body, headers) => {
  expect(() => verifyWebhook(body, headers, SECRET)).toThrow(WebhookVerificationError);
  expect(() => verifyFinternetSignature(body, headers, SECRET)).toThrow(WebhookVerificationError);
});

function cutShort(headers: ReturnType<typeof headersOf>) {
  return {
    ...headers,
    'webhook-signature': headers['webhook-signature'].slice(0, -4),
    'finternet-signature': headers['finternet-signature'].slice(0, -2),
  };
}

test.each([-6, 6])('one that was sent %i minutes from now is refused', (minutes) => {
  const headers = headersOf([SECRET], new Date(Date.now() + minutes * 60_000));
  expect(() => verifyWebhook(BODY, headers, SECRET)).toThrow(/timestamp too (old|new)/);
});

test('another id or time than was signed is refused', () => {
  const headers = headersOf([SECRET]);
  const later = String(Number(headers['webhook-timestamp']) + 1);
  expect(() => verifyWebhook(BODY, { ...headers, 'webhook-id': 'evt_2' }, SECRET)).toThrow(WebhookVerificationError);
  expect(() => verifyWebhook(BODY, { ...headers, 'webhook-timestamp': later }, SECRET)).toThrow(
    WebhookVerificationError,
  );
});

test('without a secret nothing is verified', () => {
  expect(() => verifyWebhook(BODY, headersOf([SECRET]), [])).toThrow(WebhookVerificationError);
  expect(() => verifyFinternetSignature(BODY, headersOf([SECRET]), [])).toThrow(WebhookVerificationError);
  expect(() => verifyWebhook(BODY, headersOf([SECRET]), '')).toThrow();
});

test('an event’s type tells what it is about', () => {
  const event = verifyWebhook(BODY, headersOf([SECRET]), SECRET);
  if (event.type === 'milestone.released') expectTypeOf(event.data.object).toEqualTypeOf<Milestone>();
  if (event.type === 'payout.paid') expectTypeOf(event.data.object).toEqualTypeOf<Readonly<Record<string, unknown>>>();
  // @ts-expect-error there is no such event
  expect(event.type === 'milestone.exploded').toBe(false);
});
