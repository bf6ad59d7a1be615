/**
 * An order's money.
 *
 * Its ledger transactions with their postings, oldest first, and what is in escrow now. A transaction's id is its key
 * in the ledger, which says what it is of, so that the books and the API name it alike.
 */
import { type LedgerRow, listLedger } from '../db/order-history.ts';
import { formatAmount, ZERO } from '../domain/money.ts';
import { ofOrder } from './command-route.ts';
import { envelope, listOf, renderInstant } from './envelope.ts';
import { ledgerPage } from './order-shapes.ts';
import { pageQuery, requireCursor } from './paging.ts';
import { PATHS } from './paths.ts';
import type { OrderIds } from './render.ts';
import { defineRoute } from './route.ts';
import { entryId } from './timeline.ts';
import { seesPayouts } from './views.ts';

export const LEDGER_ROUTE = defineRoute({
  operationId: 'listLedger',
  method: 'get',
  path: PATHS.ledger,
  tag: 'Escrow orders',
  summary: 'List an order’s ledger transactions, oldest first',
  description: 'Each has legs that add up to zero. The balance is what is in escrow now.',
  query: pageQuery,
  successes: { 200: { description: 'A page, and what is in escrow now', schema: ledgerPage } },
  openToBoundKeys: true,
  async handle({ db }, call) {
    const { limit, starting_after: after } = call.query;
    const { order } = await ofOrder({ db }, call);
    const showsPayouts = seesPayouts(call.caller.role);
    const found = await listLedger(db, order.id, { limit: limit + 1, after: after ?? null, showsPayouts });
    await requireCursor(after, "this order's ledger transactions", () => found.cursorFound || null);
    const balance = { account: 'escrow', amount: formatAmount(found.balance ?? ZERO), currency: order.currency };
    const transactions = listOf(found.transactions, limit, (row) => transactionEnvelope(order, row));
    return { status: 200, body: { ...transactions, balances: [balance] } };
  },
});

function transactionEnvelope(order: OrderIds, { key, kind, at, version, postings }: LedgerRow) {
  return envelope('ledger_transaction', {
    id: key,
    escrowOrderId: order.id,
    paymentIntentId: order.paymentIntentId,
    type: kind,
    at: renderInstant(at),
    timelineEntryId: entryId(order.id, version),
    postings: postings.map(({ kind: account, direction, amount, currency }) => ({
      account,
      direction,
      amount: formatAmount(amount),
      currency,
    })),
  });
}
