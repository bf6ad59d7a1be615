/**
 * The reference model against the HTTP answers: random sequences, one request a step, with the keys of all roles. Time
 * passes on the test clock alone, in hours, so that the seconds the requests take decide nothing. A failure prints its
 * seed; replay it with `MODEL_SEED=<seed> npx vitest run test/api/model-over-http.test.ts`.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { milestoneId } from '../../src/domain/ids.ts';
import type { Role, Rules, Step, StepKind, Verdict } from '../domain/model/state.ts';
import { ModelOrder } from '../domain/model.ts';
import type { Answer } from '../support/http-client.ts';
import { testOrders } from '../support/orders.ts';
import { startApi } from './api-server.ts';

const SEQUENCES = Number(process.env.MODEL_SEQUENCES ?? 50);
const HOUR = 3_600;
const TOTAL = 1_000_00n;

const orders = await testOrders();
const api = await startApi(orders.db, orders.gateway);
const keys: Record<Exclude<Role, 'system'>, string> = {
  merchant: api.keys.own,
  buyer: await api.addKey({ role: 'buyer' }),
  arbiter: await api.addKey({ role: 'arbiter' }),
  operator: await api.addKey({ role: 'operator' }),
};

/** More often what leads an order on than what ends it. */
const kind = fc.constantFrom<StepKind>(
  ...(['create', 'create', 'complete', 'complete', 'complete', 'complete', 'release', 'release', 'release'] as const),
  ...(['amend', 'drop', 'reopen', 'extend', 'batch', 'raise', 'raise', 'resolve', 'resolve', 'withdraw'] as const),
  ...(['advance', 'advance', 'refund', 'fund', 'close'] as const),
);
const BEGINNING: readonly StepKind[] = ['fund', 'create', 'create'];
const minor = fc.bigInt({ min: 1n, max: 400_00n });
const step = fc.record({
  kind,
  role: fc.constantFrom<Role>('operator', 'operator', 'operator', 'operator', 'merchant', 'buyer', 'arbiter'),
  index: fc.nat(3),
  isAboutAll: fc.nat(3).map((dice) => dice === 0),
  minor,
  isWhole: fc.boolean(),
  rest: minor,
  /** Half hours beside whole ones: no deadline meets another, or the end of an advance. */
  due: fc.option(fc.integer({ min: 1, max: 30 }).map((hours) => hours * HOUR * 1_000 + 1_800_000)),
  hours: fc.integer({ min: 1, max: 20 }),
  verdict: fc.constantFrom<Verdict>('MERCHANT_WON', 'BUYER_WON', 'PARTIAL_REFUND'),
});
type Dice = typeof step extends fc.Arbitrary<infer T> ? T : never;
/** Most orders begin like this; some are abandoned before they are funded. */
function withBeginning(steps: Dice[]): Dice[] {
  const [first] = steps;
  if (first?.isAboutAll) return [{ ...first, kind: 'create', isWhole: true }, ...steps, { ...first, kind: 'abandon' }];
  const begun = BEGINNING.map((one, position) => ({ ...steps[position], kind: one, role: 'operator', isWhole: true }));
  return [...(begun as Dice[]), ...steps];
}

const sequence = fc.record({
  terms: fc.record({
    inspectionSeconds: fc.option(fc.integer({ min: 1, max: 12 }).map((hours) => hours * HOUR + 600)),
    releaseBy: fc.constantFrom('merchant' as const, 'merchant' as const, 'buyer' as const),
    onOverdue: fc.constantFrom('event' as const, 'refund' as const),
    disputeDefault: fc.constantFrom('BUYER_WON' as const, 'MERCHANT_WON' as const),
    windowSeconds: fc.constantFrom(HOUR, 2 * HOUR),
    releasesOnCompletion: fc.nat(3).map((dice) => dice === 0),
  }),
  steps: fc.array(step, { minLength: 8, maxLength: 14 }).map(withBeginning),
});

const text = (cents: bigint) => `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;

test(`${SEQUENCES} random sequences are answered and end as the reference model says`, {
  timeout: 600_000,
}, async () => {
  const seed = Number(process.env.MODEL_SEED ?? Date.now() % 1_000_000);
  const met = new Map<string, number>();
  for (const [number, given] of fc.sample(sequence, { numRuns: SEQUENCES, seed }).entries()) {
    await follow(given, `seed ${seed}, sequence ${number}`, met);
  }
  console.info(`seed ${seed}: ${[...met].map(([word, count]) => `${word} ${count}`).join(', ')}`);
  expect(met.get('accepted')).toBeGreaterThan(SEQUENCES);
  expect(met.size).toBeGreaterThan(15);
});

async function follow(
  { terms, steps }: typeof sequence extends fc.Arbitrary<infer T> ? T : never,
  name: string,
  met: Map<string, number>,
): Promise<void> {
  const rules: Rules = { ...terms, total: TOTAL, isMilestoneLocked: true, isTestMode: true };
  const startedAt = Math.floor(Date.now() / 1_000) * 1_000;
  const model = new ModelOrder(rules);
  const { path, orderId } = await makeOrder(rules);
  for (const [position, dice] of steps.entries()) {
    const one = stepOf(dice, `cmd_${position}`, startedAt, model.state);
    const [outcome] = model.batch([one], startedAt).filter(({ id }) => id === one.id);
    const answer = await ask(path, orderId, one);
    const word = outcome?.outcome === 'accepted' ? 'accepted' : String(outcome?.reason);
    met.set(word, (met.get(word) ?? 0) + 1);
    const where = `${name}, step ${position} (${one.kind} ${one.index} by ${one.role}): ${answer.text}`;
    expect(answer.status < 300 ? 'accepted' : answer.headers['error-reason'], where).toBe(word);
    expect(answer.status, where).toBeLessThan(500);
    expect(await shown(path), where).toEqual(said(model));
  }
}

async function makeOrder(rules: Rules): Promise<{ path: string; orderId: string }> {
  const made = await api.send('POST', '/v1/payment-intents', {
    body: {
      amount: text(TOTAL),
      currency: 'USD',
      type: 'DELIVERY_VS_PAYMENT',
      settlementMethod: 'OFF_RAMP_MOCK',
      settlementDestination: 'bank_account_123',
      metadata: { releaseType: 'MILESTONE_LOCKED' },
      autoRelease: rules.releasesOnCompletion && rules.releaseBy === 'merchant',
      milestoneTerms: {
        inspectionPeriodSeconds: rules.inspectionSeconds,
        releaseBy: rules.releaseBy,
        onOverdue: rules.onOverdue,
        disputeDefault: rules.disputeDefault,
        disputeWindowSeconds: rules.windowSeconds,
      },
    },
  });
  expect(made.status, made.text).toBe(201);
  const path = `/v1/payment-intents/${made.json.id}`;
  return { path, orderId: (await api.send('GET', `${path}/escrow`)).json.id };
}

/** A step that the model reads; where the dice allow, one that has a chance. */
function stepOf(dice: Dice, id: string, startedAt: number, state: ModelOrder['state']): Step {
  const { kind, role, isAboutAll, isWhole, verdict, rest } = dice;
  const next = state.milestones.size;
  const index = kind === 'create' && isWhole ? next : dice.index;
  const disputed = state.dispute?.index ?? null;
  const whole = disputed === null ? state.remaining : (state.milestones.get(disputed)?.minor ?? 0n);
  const share = whole > 1n ? 1n + (dice.minor % (whole - 1n)) : dice.minor;
  const isSplit = kind === 'resolve' && verdict === 'PARTIAL_REFUND';
  return {
    id,
    kind,
    role,
    index: kind === 'raise' && isAboutAll ? null : index,
    minor: isSplit ? share : amountOf(dice),
    rest: isSplit && !isAboutAll && whole > share ? whole - share : rest,
    isTooFine: false,
    due: dice.due === null ? null : startedAt + state.ahead + dice.due,
    seconds: dice.hours * HOUR + (kind === 'raise' ? 1_200 : 0),
    verdict,
    result: 'PAID',
    items: [0, 1].map((offset) => ({ index: next + offset, minor: dice.minor / 3n + 1n, due: null })),
    target: '',
    wait: 0,
    receivedAt: startedAt,
  };
}

/** Creating needs an amount; elsewhere it may be left out. */
function amountOf({ kind, minor: cents, isWhole }: Dice): bigint | null {
  return kind === 'create' || !isWhole ? cents : null;
}

async function ask(path: string, orderId: string, one: Step): Promise<Answer> {
  const { method, path: rest, body } = requestOf(orderId, one);
  const key = keys[one.role as keyof typeof keys];
  return api.send(method, `${path}${rest}`, { key, headers: { Prefer: 'handling=strict' }, body });
}

function requestOf(orderId: string, one: Step): { method: string; path: string; body: object } {
  const post = (path: string, body: object = {}) => ({ method: 'POST', path, body });
  const { index, minor: cents, due, seconds } = one;
  const amount = cents === null ? {} : { amount: text(cents) };
  const dueAt = due === null ? {} : { dueAt: new Date(due).toISOString() };
  const milestone = `/escrow/milestones/${milestoneId(orderId, index ?? 0)}`;
  switch (one.kind) {
    case 'create':
      return post('/escrow/milestones', { milestoneIndex: index, ...amount, ...dueAt });
    case 'batch':
      return post('/escrow/milestones/batch', {
        milestones: one.items.map((item) => ({ milestoneIndex: item.index, amount: text(item.minor) })),
      });
    case 'amend':
      // Null takes the due date away, as the model does; left out, it would stay.
      return { method: 'PATCH', path: milestone, body: { description: 'other', dueAt: null, ...amount, ...dueAt } };
    case 'drop':
      return post(`${milestone}/cancel`);
    case 'complete':
      return post(`${milestone}/complete`, { completedBy: 'ann' });
    case 'reopen':
      return post(`${milestone}/reopen`, { reason: 'pages are missing' });
    case 'release':
      return post(`${milestone}/release`, amount);
    case 'extend':
      return post(`${milestone}/extend`, { seconds });
    case 'raise':
      return post('/escrow/dispute', {
        reason: 'not as agreed',
        raisedBy: 'buyer@example.com',
        disputeWindow: String(seconds),
        ...(index !== null && { milestoneId: milestoneId(orderId, index) }),
      });
    case 'resolve':
      return post('/escrow/dispute/resolve', {
        resolution: one.verdict,
        ...(one.verdict === 'PARTIAL_REFUND' && { merchantAmount: text(cents ?? 1n), buyerAmount: text(one.rest) }),
      });
    case 'withdraw':
      return post('/escrow/dispute/withdraw');
    case 'fund':
      return post('/confirm');
    case 'refund':
      return post('/escrow/refund', amount);
    case 'close':
      return post('/escrow/cancel');
    case 'abandon':
      return post('/cancel');
    case 'advance':
      return post('/escrow/advance-clock', { seconds });
    default:
      throw new Error(`${one.kind} is not for HTTP`);
  }
}

/** What a read shows, without what depends on the second it was made in, and without how far payouts are. */
async function shown(path: string): Promise<object> {
  const { data } = (await api.send('GET', `${path}/escrow`)).json;
  return {
    status: data.orderStatus,
    funded: data.fundedAmount,
    allocated: data.allocatedAmount,
    released: data.releasedAmount,
    refunded: data.refundedAmount,
    remaining: data.remainingAmount,
    milestones: data.milestones.map((one: { status: string; amount: string; payout?: object }) => [
      one.status,
      one.amount,
      one.payout !== undefined,
    ]),
  };
}

function said({ state }: ModelOrder): object {
  return {
    status: state.status,
    funded: text(state.isFunded ? TOTAL : 0n),
    allocated: text(state.allocated),
    released: text(state.released),
    refunded: text(state.refunded),
    remaining: text(state.remaining),
    milestones: [...state.milestones]
      .sort(([a], [b]) => a - b)
      .map(([, one]) => [one.status, text(one.minor), one.payout !== null]),
  };
}
