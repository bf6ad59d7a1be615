/**
 * Routes of payouts, and of what a merchant has.
 */
import { z } from 'zod';
import { balancesOf, findPayout, listPayouts, type PayoutView } from '../db/payouts.ts';
import { rejectionMessage } from '../domain/outcome-messages.ts';
import type { Caller } from './caller.ts';
import { commandRoute } from './command-route.ts';
import { listOf } from './envelope.ts';
import { ApiError } from './errors.ts';
import { balance, payout, payoutList } from './milestone-shapes.ts';
import { rememberOpening } from './openings.ts';
import { page, requireCursor } from './paging.ts';
import { PATHS } from './paths.ts';
import { payoutEnvelope } from './payout-view.ts';
import { type Call, defineRoute, type Route, type RouteDependencies } from './route.ts';
import { PAYOUT_VIEWERS } from './views.ts';

const STATUSES = { pending: 'PENDING', paid: 'PAID', failed: 'FAILED' } as const;
const listPayoutsQuery = z.strictObject({
  ...page,
  status: z.enum(['pending', 'paid', 'failed'], 'one of pending, paid, failed').optional(),
});
const retryPayoutBody = z.strictObject({});

export const PAYOUT_ROUTES: readonly Route[] = [
  defineRoute({
    operationId: 'listPayouts',
    method: 'get',
    path: PATHS.payouts,
    tag: 'Payouts',
    summary: 'List payouts, the latest first',
    description:
      'Those of the key’s merchant and mode, a page at a time. `status=failed` lists what can be tried again.',
    query: listPayoutsQuery,
    successes: { 200: { description: 'A page', schema: payoutList } },
    access: PAYOUT_VIEWERS,
    async handle({ db }, { caller, query }) {
      const { limit, starting_after: after, status } = query;
      const cursor = await requireCursor(after, 'your payouts', (id) => ownPayout(db, caller, id));
      const wanted = status === undefined ? null : STATUSES[status];
      const rows = await listPayouts(db, caller, { limit: limit + 1, cursor, status: wanted });
      return { status: 200, body: listOf(rows, limit, payoutEnvelope) };
    },
  }),
  defineRoute({
    operationId: 'getPayout',
    method: 'get',
    path: PATHS.payout,
    tag: 'Payouts',
    summary: 'Read a payout',
    description: '`lastError` tells why its last try failed.',
    successes: { 200: { description: 'The payout', schema: payout } },
    reasons: ['payout_missing'],
    access: PAYOUT_VIEWERS,
    handle: async (deps, call) => ({ status: 200, body: payoutEnvelope(await requirePayout(deps, call)) }),
  }),
  commandRoute({
    operationId: 'retryPayout',
    method: 'post',
    path: PATHS.retryPayout,
    tag: 'Payouts',
    summary: 'Try a failed payout again',
    description: 'Safe also where it may have been paid: the settlement pays a key once.',
    body: retryPayoutBody,
    successes: { 200: { description: 'The payout, `pending`', schema: payout } },
    command: 'payout.retry',
    // Its order says whether it may be, like about every change.
    async subject(deps, call) {
      const { orderId, paymentIntentId, milestoneIndex, merchantId, mode, ...rest } = await requirePayout(deps, call);
      rememberOpening(deps.db, { id: orderId, ...rest.order });
      return { order: { id: orderId, paymentIntentId, merchantId, mode }, milestoneIndex };
    },
    build: (_call, { milestoneIndex }) => ({ ...(milestoneIndex !== null && { milestoneIndex }) }),
  }),
  defineRoute({
    operationId: 'getBalance',
    method: 'get',
    path: PATHS.balance,
    tag: 'Payouts',
    summary: 'Read what a merchant has, by currency',
    description: 'Of the key’s merchant and mode, one line per currency.',
    successes: { 200: { description: 'In escrow, released and not paid out yet, and paid out', schema: balance } },
    access: PAYOUT_VIEWERS,
    async handle({ db }, { caller }) {
      const data = await balancesOf(db, caller);
      return { status: 200, body: { id: caller.merchantId, object: 'balance', data } };
    },
  }),
];

async function requirePayout({ db }: RouteDependencies, call: Pick<Call, 'caller' | 'id'>): Promise<PayoutView> {
  const found = await ownPayout(db, call.caller, call.id('payoutId'));
  if (found) return found;
  throw new ApiError('payout_missing', { message: rejectionMessage('payout.retry', 'payout_missing', {}) });
}

/** Null if it belongs to another merchant or mode. */
async function ownPayout(db: RouteDependencies['db'], caller: Caller, id: string): Promise<PayoutView | null> {
  const found = await findPayout(db, id);
  return found?.merchantId === caller.merchantId && found.mode === caller.mode ? found : null;
}
