/**
 * An order's money: /v1/payment-intents/:intentId/escrow/ledger
 *
 * Its ledger transactions with their postings, oldest first, and what is in escrow now. A transaction's id is its key
 * in the ledger, which says what it is of, so that the books and the API name it alike.
 */
import { type Request, type Response, Router } from 'express';
import { type LedgerRow, listLedger } from '../db/order-history.ts';
import { formatAmount, ZERO } from '../domain/money.ts';
import { requireOrder } from './access.ts';
import { sendAnswer } from './answers.ts';
import { callerOf } from './auth.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError } from './errors.ts';
import { envelope, listOf, type OrderIds, renderInstant } from './render.ts';
import { pathId, route } from './routing.ts';
import { pageQuery } from './schemas.ts';
import { entryId } from './timeline.ts';
import { readFields } from './validation.ts';
import { seesPayouts } from './views.ts';

export function ledgerRoutes(deps: ApiDependencies): Router {
  const router = Router();
  route(
    router,
    '/v1/payment-intents/:intentId/escrow/ledger',
    {
      get: (request, response) => list(deps, request, response),
    },
    { get: pageQuery },
  );
  return router;
}

async function list(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const { limit, starting_after: after = null } = readFields(pageQuery, request.query);
  const caller = callerOf(response);
  const order = await requireOrder(deps.db, caller, pathId(request, 'intentId'));
  const page = await listLedger(deps.db, order.id, {
    limit: limit + 1,
    after,
    showsPayouts: seesPayouts(caller.role),
  });
  if (!page.cursorFound) {
    const message = `starting_after must be the id of one of this order's ledger transactions, got ${JSON.stringify(after)}`;
    throw new ApiError('field_invalid', { message, param: 'starting_after' });
  }
  const balance = { account: 'escrow', amount: formatAmount(page.balance ?? ZERO), currency: order.currency };
  const transactions = listOf(page.transactions, limit, (row) => transactionEnvelope(order, row));
  sendAnswer(response, { status: 200, body: { ...transactions, balances: [balance] } });
}

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
