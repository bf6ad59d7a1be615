/** Confirming goes through the funding port of the key's mode. */
import { expect, test } from 'vitest';
import { type Funding, type FundingPort, PermanentPortError } from '../../src/settlement/ports.ts';
import { testService } from '../support/service.ts';

const collected: Funding[] = [];
let answer: () => Promise<void> = async () => {};
const port: FundingPort = {
  collect(funding) {
    collected.push(funding);
    return answer();
  },
  async giveBack() {
    throw new Error('Nothing was to be given back');
  },
};
const service = await testService({ outside: { funding: { test: port } } });

test('what is confirmed is collected under the id of the intent, and once it is there not again', async () => {
  const order = await service.createOrder();
  expect(collected).toEqual([{ key: order.intentId, amount: '1000.00', currency: 'USDC', mode: 'test' }]);
  const again = await order.confirm();
  expect([again.status, again.headers['error-reason'], collected.length]).toEqual([400, 'order_already_funded', 1]);
});

test('money that is refused leaves the order unfunded, with the reason', async () => {
  const order = await service.createOrder({ funded: false });
  answer = async () => {
    throw new PermanentPortError('The card was declined');
  };
  const refused = await order.confirm();
  expect([refused.status, refused.headers['error-reason'], refused.json.error]).toEqual([
    400,
    'funding_refused',
    { code: 'invalid_request', message: 'The card was declined', type: 'invalid_request_error' },
  ]);
  answer = async () => {
    throw new Error('socket hang up');
  };
  const unclear = await order.confirm();
  expect([unclear.status, unclear.headers['error-reason'], unclear.headers['retry-after']]).toEqual([
    503,
    'funding_unavailable',
    '5',
  ]);
  expect(unclear.text).not.toContain('socket');
  expect((await order.read()).fundedAmount).toBe('0.00');
  answer = async () => {};
  expect((await order.confirm()).json.status).toBe('SUCCEEDED');
});

test('an idempotency key of another request is refused before anything is collected', async () => {
  const [one, other] = [await service.createOrder({ funded: false }), await service.createOrder({ funded: false })];
  const headers = { 'Idempotency-Key': 'confirm-once' };
  const answered = await one.confirm({ headers });
  const before = collected.length;
  expect((await other.confirm({ headers })).status).toBe(422);
  const repeated = await one.confirm({ headers });
  expect([repeated.text, repeated.headers['idempotent-replayed']]).toEqual([answered.text, 'true']);
  expect(collected.length).toBe(before);
});

test('an order that was given up is not collected for', async () => {
  const order = await service.createOrder({ funded: false });
  await service.send('POST', `${order.intentPath}/cancel`);
  const before = collected.length;
  expect((await order.confirm()).headers['error-reason']).toBe('order_closed');
  expect(collected.length).toBe(before);
});

test('live intents cannot be confirmed as long as no funding adapter is configured', async () => {
  const order = await service.createOrder({ funded: false, key: service.keys.live });
  const before = collected.length;
  const refused = await order.confirm();
  expect([refused.status, refused.json.error]).toEqual([
    400,
    {
      code: 'invalid_request',
      message: 'Payment intents cannot be confirmed in live mode: no funding adapter is configured. Use a test key.',
      type: 'invalid_request_error',
    },
  ]);
  expect(collected.length).toBe(before);
});
