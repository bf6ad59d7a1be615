/** The main route: what creating a milestone answers, and its published refusals. */
import { describe, expect, test } from 'vitest';
import { testService } from '../support/service.ts';
import { expectRefusal, INSTANT } from './expectations.ts';

const { createOrder, send } = await testService();

const TOO_MUCH = 'Total milestone amounts exceed escrow order amount';

describe('a created milestone', () => {
  test('is answered 201 with the published body, to the byte', async () => {
    const { intentId, orderId, post } = await createOrder();
    const sentAt = Date.now();
    const answer = await post({
      milestoneIndex: 0,
      description: 'Initial payment - 30%',
      amount: '300.00',
      percentage: 30,
    });
    const { id, createdAt } = answer.json.data;
    expect([answer.status, answer.text]).toEqual([
      201,
      `{"id":"${id}","object":"milestone","data":{"id":"${id}","escrowOrderId":"${orderId}",` +
        `"paymentIntentId":"${intentId}","milestoneIndex":0,"description":"Initial payment - 30%","amount":"300.00",` +
        `"percentage":30,"status":"PENDING","createdAt":"${createdAt}"}}`,
    ]);
    expect(id).toMatch(/^milestone_[0-9a-z]+$/);
    expect(createdAt).toMatch(INSTANT);
    // Whole seconds are cut off, so it may be up to a second early.
    expect(Date.parse(createdAt)).toBeGreaterThan(sentAt - 1_000);
    expect(Date.parse(createdAt)).toBeLessThanOrEqual(Date.now());
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  test('has a Location that reads the very same bytes', async () => {
    const { create, milestonesPath } = await createOrder();
    const created = await create(0, '1.00');
    expect(created.headers.location).toBe(`${milestonesPath}/${created.json.id}`);
    const shown = await send('GET', created.headers.location ?? '');
    expect([shown.status, shown.text]).toEqual([200, created.text]);
  });

  test('has null for a description and a percentage that were not given', async () => {
    const { post } = await createOrder();
    const keys = [
      ...['id', 'escrowOrderId', 'paymentIntentId', 'milestoneIndex', 'description', 'amount', 'percentage'],
      ...['status', 'createdAt'],
    ];
    for (const body of [
      { milestoneIndex: 0, amount: '1' },
      { milestoneIndex: 1, amount: '1', description: null, percentage: null },
    ]) {
      const { status, json } = await post(body);
      expect([status, Object.keys(json.data)]).toEqual([201, keys]);
      expect([json.data.description, json.data.percentage]).toEqual([null, null]);
    }
  });

  test('echoes texts, percentages, dueAt and metadata as they were given', async () => {
    const { post } = await createOrder();
    const description = `${'é😀\u2028"\\<script>'.repeat(10)}${'x'.repeat(1_800)}`;
    const metadata = { a: '', b: 'ü' };
    const { json } = await post({
      milestoneIndex: 0,
      amount: '1',
      description,
      percentage: 33.333333333333336,
      dueAt: '2030-01-01T01:00:00+01:00',
      metadata,
    });
    expect(json.data).toMatchObject({ description, percentage: 33.333333333333336, metadata });
    expect(json.data.dueAt).toBe('2030-01-01T00:00:00Z');
    expect((await post({ milestoneIndex: 1, amount: '1', description: '', percentage: 0 })).json.data).toMatchObject({
      description: '',
      percentage: 0,
    });
  });

  test('needs no funds', async () => {
    const { create } = await createOrder({ funded: false });
    expect((await create(0, '1.00')).status).toBe(201);
  });

  test.each([
    ['300', '300.00'],
    ['300.5', '300.50'],
    ['0.1230', '0.123'],
    ['0.000001', '0.000001'],
    ['7.100000', '7.10'],
  ])('of %s shows %s', async (given, shown) => {
    const { create } = await createOrder();
    expect((await create(0, given)).json.data.amount).toBe(shown);
  });
});

describe('the sum of the milestones', () => {
  test('may not exceed the order with a single milestone', async () => {
    const { create, read } = await createOrder();
    expectRefusal(await create(0, '1000.000001'), 400, 'invalid_request', TOO_MUCH);
    expect((await read()).milestones).toEqual([]);
  });

  test('may not exceed the order together, and may be exactly equal', async () => {
    const { create, read } = await createOrder();
    expect((await create(0, '999.999999')).status).toBe(201);
    expectRefusal(await create(1, '0.000002'), 400, 'invalid_request', TOO_MUCH);
    expect((await create(1, '0.000001')).status).toBe(201);
    expectRefusal(await create(2, '0.000001'), 400, 'invalid_request', TOO_MUCH);
    expect(await read()).toMatchObject({ allocatedAmount: '1000.00', milestones: [{}, {}] });
  });

  test.each(['USD', 'USDC', 'DAI'])('is exact in %s: 0.1 and 0.2 fill an order of 0.30', async (currency) => {
    const { create, read } = await createOrder({ amount: '0.30', currency });
    expect([(await create(0, '0.1')).status, (await create(1, '0.2')).status]).toEqual([201, 201]);
    expectRefusal(await create(2, '0.01'), 400, 'invalid_request', TOO_MUCH);
    expect((await read()).allocatedAmount).toBe('0.30');
  });

  test('is exact at the largest amount and eighteen decimals', async () => {
    const amount = `${'9'.repeat(18)}.${'9'.repeat(18)}`;
    const { create } = await createOrder({ amount, currency: 'DAI' });
    expect((await create(0, `${'9'.repeat(18)}.${'9'.repeat(17)}8`)).status).toBe(201);
    expectRefusal(await create(1, '0.000000000000000002'), 400, 'invalid_request', TOO_MUCH);
    expect((await create(1, '0.000000000000000001')).status).toBe(201);
  });
});

describe('the published refusals', () => {
  test.each(['DELIVERY_PROOF', 'TIME_LOCKED', 'AUTO_RELEASE'])('name the release type %s', async (releaseType) => {
    const { create } = await createOrder({ releaseType });
    const message = `Cannot create milestone for order with release type: ${releaseType}`;
    expectRefusal(await create(0, '1.00'), 400, 'invalid_request', message);
  });

  test('apply to an order without a release type, which is by delivery proof', async () => {
    const { create, read } = await createOrder({ releaseType: null });
    const message = 'Cannot create milestone for order with release type: DELIVERY_PROOF';
    expectRefusal(await create(0, '1.00'), 400, 'invalid_request', message);
    expect((await read()).releaseType).toBe('DELIVERY_PROOF');
  });

  test('name the index that is taken, also when the sum would be too large', async () => {
    const { create, createAll } = await createOrder();
    await createAll('600.00', '1.00');
    for (const [index, amount] of [
      [0, '1.00'],
      [1, '1.00'],
      [1, '999.00'],
    ] as const) {
      const message = `Milestone with index ${index} already exists`;
      expectRefusal(await create(index, amount), 400, 'invalid_request', message);
    }
  });

  test('say that an intent is missing, or has no escrow order', async () => {
    const body = { milestoneIndex: 0, amount: '1.00' };
    const absent = await send('POST', '/v1/payment-intents/intent_2xYz9AbC124/escrow/milestones', { body });
    expectRefusal(absent, 404, 'resource_missing', 'Payment intent not found');
    const { json } = await send('POST', '/v1/payment-intents', {
      body: {
        amount: '1.00',
        currency: 'USD',
        type: 'CONSENTED_PULL',
        settlementMethod: 'OFF_RAMP_MOCK',
        settlementDestination: 'bank_account_123',
      },
    });
    const orderless = await send('POST', `/v1/payment-intents/${json.id}/escrow/milestones`, { body });
    expectRefusal(orderless, 404, 'resource_missing', 'Escrow order not found for this payment intent');
    const read = await send('GET', `/v1/payment-intents/${json.id}/escrow`);
    expectRefusal(read, 400, 'invalid_request', 'Payment intent is not of type DELIVERY_VS_PAYMENT');
  });
});
