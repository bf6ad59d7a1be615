/** Every field of every body and query: what is refused, and which field is named. */
import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/domain/commands.ts';
import { parseCommand, payloadOf } from '../../src/domain/parse-command.ts';
import { expectError, INTENT, MILESTONE, PASSED, startEdge } from './edge.ts';

const { api, createIntent, createMilestone, milestoneIdOf, milestonesPath, submitted } = await startEdge();

describe('fields of a milestone', () => {
  test.each<[string, unknown]>(
    [
      ...['', ' 1', '1 ', '+1', '-1', '-0', '.5', '5.', '00012', '01', '1e3', '1E3', '0x10', '1_000', '1,000.00'],
      ...[
        'NaN',
        'Infinity',
        '-Infinity',
        '１２',
        '١٢',
        '1٫5',
        '٣',
        '1\n',
        '\t1',
        '1\u00a0',
        '1.2.3',
        'null',
        '1'.repeat(19),
      ],
      ...[1, 300.5, 0, null, true, ['1'], { value: '1' }],
    ].map((amount) => [JSON.stringify(amount), amount]),
  )('the amount %s is refused', async (_title, amount) => {
    expectError(await createMilestone({ milestoneIndex: 0, amount }), 400, {
      code: 'invalid_request',
      param: 'amount',
    });
  });

  test.each(['0', '0.00', '0.000000'])('the amount %s is refused as published', async (amount) => {
    const message = 'The amount must be greater than 0';
    expectError(await createMilestone({ milestoneIndex: 0, amount }), 400, {
      code: 'invalid_request',
      message,
      param: 'amount',
    });
  });

  test.each([
    ['USD', '0.01', '0.010'],
    ['EUR', '1.25', '1.255'],
    ['USDC', '0.000001', '0.0000001'],
    ['USDT', '0.100000', '0.1000000'],
    ['DAI', '0.000000000000000001', '0.0000000000000000001'],
  ])('in %s %s passes and %s has one decimal too many', async (currency, fine, tooFine) => {
    const path = `/v1/payment-intents/${await createIntent({ currency })}/escrow/milestones`;
    expect((await api.send('POST', path, { body: { milestoneIndex: 0, amount: fine } })).status).toBe(PASSED);
    const refused = await api.send('POST', path, { body: { milestoneIndex: 0, amount: tooFine } });
    expectError(refused, 400, { code: 'invalid_request', param: 'amount' });
  });

  const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`key${index}`, 'x']));
  test.each<[string, object, string]>([
    ['no index', { milestoneIndex: undefined }, 'milestoneIndex'],
    ['an index as text', { milestoneIndex: '0' }, 'milestoneIndex'],
    ['a negative index', { milestoneIndex: -1 }, 'milestoneIndex'],
    ['a fractional index', { milestoneIndex: 0.5 }, 'milestoneIndex'],
    ['an index of 10 000', { milestoneIndex: 10_000 }, 'milestoneIndex'],
    ['an index of 1e300', { milestoneIndex: 1e300 }, 'milestoneIndex'],
    ['no amount', { amount: undefined }, 'amount'],
    ['a description of 2 001 characters', { description: 'x'.repeat(2_001) }, 'description'],
    ['a number as description', { description: 5 }, 'description'],
    ['a percentage above 100', { percentage: 100.1 }, 'percentage'],
    ['a negative percentage', { percentage: -1 }, 'percentage'],
    ['a percentage as text', { percentage: '30' }, 'percentage'],
    ['a date as dueAt', { dueAt: '2026-01-31' }, 'dueAt'],
    ['a local time as dueAt', { dueAt: '2026-01-31T12:00:00' }, 'dueAt'],
    ['the 30th of February as dueAt', { dueAt: '2026-02-30T12:00:00Z' }, 'dueAt'],
    ['a number as dueAt', { dueAt: 1769860800 }, 'dueAt'],
    ['1969 as dueAt', { dueAt: '1969-12-31T23:59:59Z' }, 'dueAt'],
    ['the year 10 000 as dueAt', { dueAt: '9999-12-31T23:59:59-01:00' }, 'dueAt'],
    ['21 pairs of metadata', { metadata: many }, 'metadata'],
    ['an array as metadata', { metadata: ['x'] }, 'metadata'],
    ['a number in metadata', { metadata: { key: 1 } }, 'metadata.key'],
    ['a long value in metadata', { metadata: { key: 'x'.repeat(501) } }, 'metadata.key'],
    ['a long key in metadata', { metadata: { ['k'.repeat(41)]: 'x' } }, 'metadata'],
    ['an empty key in metadata', { metadata: { '': 'x' } }, 'metadata'],
    ['an unknown field', { mileStoneIndex: 0 }, 'mileStoneIndex'],
    ['constructor', { constructor: 'x' }, 'constructor'],
  ])('%s is 400 and names the field', async (_title, fields, param) => {
    const answer = await createMilestone({ ...MILESTONE, ...fields });
    expectError(answer, 400, { code: 'invalid_request', param });
    expect(answer.json.error.message.length).toBeLessThan(300);
  });

  test.each([
    ['2027-01-31T12:00Z', '2027-01-31T12:00:00Z'],
    ['2027-01-31t12:00:00z', '2027-01-31T12:00:00Z'],
    ['2027-01-31T12:00:00+0000', '2027-01-31T12:00:00Z'],
    ['2027-01-31T12:00:00-0530', '2027-01-31T17:30:00Z'],
    ['2027-01-31T12:00:00+23:59', '2027-01-30T12:01:00Z'],
    ['2027-01-31T12:00:00.123456789Z', '2027-01-31T12:00:00Z'],
    ['2028-02-29T00:00:00.9Z', '2028-02-29T00:00:00Z'],
  ])('the instant %s is read as %s', async (dueAt, expected) => {
    expect((await createMilestone({ ...MILESTONE, dueAt })).status).toBe(PASSED);
    expect(submitted.at(-1)).toMatchObject({ dueAt: Date.parse(expected) });
  });

  test.each([
    ...['2027-01-31T24:00:00Z', '2027-01-31T12:60:00Z', '2027-01-31T12:00:60Z', '2027-02-29T12:00:00Z'],
    ...['2027-01-31T12:00:00+24:00', '2027-01-31T12:00:00+05:60', '2027-01-31T12:00:00', '2027-1-31T12:00:00Z', ''],
  ])('%s is no instant', async (dueAt) => {
    const answer = await createMilestone({ ...MILESTONE, dueAt });
    expectError(answer, 400, { code: 'invalid_request', param: 'dueAt' });
    expect(answer.json.error.message).toContain('RFC 3339');
  });

  test('a plus that a query turned into a space is told as such', async () => {
    const answer = await api.send('GET', '/v1/payment-intents?created[gte]=2027-01-31T12:00:00+01:00');
    expectError(answer, 400, { param: 'created[gte]' });
    expect(answer.json.error.message).toContain('in a query write + as %2B');
  });

  test('null for what may be missing, and an empty list for an object, are as if it were missing', async () => {
    const nulls = { description: null, percentage: null, dueAt: null, metadata: null };
    expect((await createMilestone({ ...MILESTONE, ...nulls })).status).toBe(PASSED);
    const { details, ...command } = submitted.at(-1) ?? {};
    expect(command).not.toHaveProperty('dueAt');
    expect(details).not.toHaveProperty('metadata');
    expect((await createMilestone({ ...MILESTONE, metadata: [] })).status).toBe(PASSED);
    const intent = { description: null, metadata: [], milestoneTerms: null, autoRelease: null, deliveryPeriod: null };
    for (const values of [intent, { milestoneTerms: [] }]) expect(await createIntent(values)).toMatch(/^intent_/);
    const terms = { inspectionPeriodSeconds: null, releaseBy: null, onOverdue: null, disputeDefault: null };
    expect(await createIntent({ milestoneTerms: terms })).toMatch(/^intent_/);
    for (const field of ['milestoneIndex', 'amount']) {
      expectError(await createMilestone({ ...MILESTONE, [field]: null }), 400, { param: field });
    }
    expectError(await createMilestone({ ...MILESTONE, unknown: null }), 400, { param: 'unknown' });
    expectError(await createMilestone({ ...MILESTONE, metadata: ['x'] }), 400, { param: 'metadata' });
  });

  test('an empty list as body is an object without fields, where none is required', async () => {
    const release = `${milestonesPath}/${await milestoneIdOf(0)}/release`;
    const answers = [];
    for (const body of ['[]', '{}', undefined]) answers.push((await api.send('POST', release, { body })).status);
    expect(answers).toEqual([PASSED, PASSED, PASSED]);
    for (const body of ['[]', '[1]', '[{}]']) {
      const refused = body === '[]' ? await createMilestone(body) : await api.send('POST', release, { body });
      expectError(refused, 400, { code: 'invalid_request', message: 'The body must be a JSON object, got an array' });
      expect(refused.headers['error-reason']).toBe('body_malformed');
    }
  });

  test('texts are as long as they have characters, and a refusal counts what was sent', async () => {
    const description = '😀'.repeat(2_000);
    expect((await createMilestone({ ...MILESTONE, description })).status).toBe(PASSED);
    const command = submitted.at(-1) as Command;
    const fallback = { id: 'x', actor: command.actor, receivedAt: 0 };
    const signalled = parseCommand(command.type, JSON.parse(JSON.stringify(payloadOf(command))), fallback);
    expect(signalled).toMatchObject({ details: { description } });
    for (const long of ['x'.repeat(2_001), `${description}x`]) {
      const answer = await createMilestone({ ...MILESTONE, description: long });
      expectError(answer, 400, { param: 'description' });
      expect(answer.json.error.message).toContain('got a string of 2001 characters');
    }
  });

  test('what is given reaches the command, in canonical form', async () => {
    const body = `{"milestoneIndex": 9999.0, "amount": "0.1230", "description": null, "percentage": 33.333333333333336,
      "dueAt": "2026-01-31T12:00:00.999+05:30", "metadata": {"b": "", "a": "😀"}}`;
    await createMilestone(body);
    expect(submitted.at(-1)).toEqual({
      id: expect.stringMatching(/^cmd_[0-9a-z]{26}$/),
      type: 'milestone.create',
      actor: { role: 'merchant', id: expect.stringMatching(/^key_[0-9a-f]{16}$/) },
      receivedAt: expect.any(Number),
      turnWaitMs: 2_000,
      milestoneIndex: 9_999,
      amount: '0.123',
      dueAt: Date.UTC(2026, 0, 31, 6, 30),
      details: { description: null, percentage: 33.333333333333336, metadata: { a: '😀', b: '' } },
    });
  });
});

describe('fields of the other bodies', () => {
  test.each<[string, object, string]>([
    ['complete', {}, 'completedBy'],
    ['complete', { completedBy: '' }, 'completedBy'],
    ['complete', { completedBy: 7 }, 'completedBy'],
    ['complete', { completedBy: 'x', completionProof: 5 }, 'completionProof'],
    ['complete', { completedBy: 'x', completionProofURI: 'x'.repeat(2_001) }, 'completionProofURI'],
    ['complete', { completedBy: 'x', proof: 'y' }, 'proof'],
    ['release', { releasedBy: '' }, 'releasedBy'],
    ['release', { amount: '1.0000001' }, 'amount'],
  ])('%s with %j is 400 and names the field', async (action, body, param) => {
    const answer = await api.send('POST', `${milestonesPath}/${await milestoneIdOf(0)}/${action}`, { body });
    expectError(answer, 400, { code: 'invalid_request', param });
  });

  test.each<[object, string, string]>([
    [{ amount: undefined }, 'amount', 'Amount must be a positive number'],
    [{ amount: '0' }, 'amount', 'Amount must be a positive number'],
    [{ amount: '-5' }, 'amount', 'Amount must be a positive number'],
    [{ amount: 100 }, 'amount', 'Amount must be a positive number'],
    [{ amount: '0.0000001' }, 'amount', 'amount must have at most 6 decimals in USDC, got "0.0000001"'],
    [{ type: 'CONDITIONAL' }, 'type', 'Invalid payment type. Must be CONSENTED_PULL or DELIVERY_VS_PAYMENT'],
    [{ type: undefined }, 'type', 'Invalid payment type. Must be CONSENTED_PULL or DELIVERY_VS_PAYMENT'],
    [{ currency: 'BTC' }, 'currency', 'currency must be one of USD, EUR, USDC, USDT, DAI, got "BTC"'],
    [
      { settlementMethod: 'CASH' },
      'settlementMethod',
      'settlementMethod must be one of OFF_RAMP_MOCK, OFF_RAMP_TO_RTP, OFF_RAMP_TO_BANK, got "CASH"',
    ],
    [
      { settlementDestination: undefined },
      'settlementDestination',
      'settlementDestination is required: a non-empty string of at most 2000 characters',
    ],
    [
      { metadata: { releaseType: 'SOON' } },
      'metadata.releaseType',
      'metadata.releaseType must be one of MILESTONE_LOCKED, DELIVERY_PROOF, TIME_LOCKED, AUTO_RELEASE, got "SOON"',
    ],
    [
      { metadata: { autoRelease: 'yes' } },
      'metadata.autoRelease',
      'metadata.autoRelease must be true or false, got "yes"',
    ],
    [
      { metadata: { autoRelease: true }, autoRelease: false },
      'autoRelease',
      'autoRelease must be the same as metadata.autoRelease, got false',
    ],
    [
      { autoRelease: true, milestoneTerms: { releaseBy: 'buyer' } },
      'autoRelease',
      'autoRelease must not be true where milestoneTerms.releaseBy is buyer: the merchant would release by completing',
    ],
    [
      { metadata: { autoRelease: true }, milestoneTerms: { releaseBy: 'buyer' } },
      'metadata.autoRelease',
      'metadata.autoRelease must not be true where milestoneTerms.releaseBy is buyer: the merchant would release by completing',
    ],
    [
      { metadata: { list: [1] } },
      'metadata.list',
      'metadata.list must be a string of at most 500 characters, a number or a boolean, got an array',
    ],
    [{ deliveryPeriod: '60' }, 'deliveryPeriod', 'deliveryPeriod must be an integer from 0 to 3155760000, got "60"'],
    [
      { terms: {} },
      'terms',
      'Unknown field "terms": allowed are amount, currency, type, settlementMethod, settlementDestination, description, metadata, deliveryPeriod, expectedDeliveryHash, autoRelease, deliveryOracle, milestoneTerms',
    ],
  ])('an intent with %j is 400 with the published code', async (fields, param, message) => {
    const answer = await api.send('POST', '/v1/payment-intents', { body: { ...INTENT, ...fields } });
    expectError(answer, 400, { code: 'invalid_request_error', message, param });
  });

  test.each([
    'limit=0',
    'limit=101',
    'limit=ten',
    'limit=5&limit=6',
    'limit=',
    'page=2',
    'status=DONE',
    'starting_after=x',
    'starting_after=%00',
    'created[gte]=today',
  ])('the list of intents refuses ?%s', async (query) => {
    const answer = await api.send('GET', `/v1/payment-intents?${query}`);
    expectError(answer, 400, { code: 'invalid_request', param: query.split('=')[0] ?? '' });
  });

  test.each(['limit=0', 'starting_after=milestone_x0000', 'status=DONE', 'order=asc'])(
    'the list of milestones refuses ?%s',
    async (query) => {
      const answer = await api.send('GET', `${milestonesPath}?${query}`);
      expectError(answer, 400, { code: 'invalid_request', param: query.split('=')[0] ?? '' });
    },
  );
});
