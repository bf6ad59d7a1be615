/** The double-entry ledger. */
import { foreignKey, index, integer, numeric, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import type { AccountKind, LedgerTransaction } from '../domain/ledger.ts';
import type { Currency } from '../domain/money.ts';
import type { Mode } from '../domain/terms.ts';
import { instant, money } from './columns.ts';
import { orderLog } from './schema-orders.ts';

export const ledgerAccounts = pgTable(
  'ledger_accounts',
  {
    id: text().primaryKey(),
    kind: text().$type<AccountKind>().notNull(),
    ownerId: text('owner_id').notNull(),
    mode: text().$type<Mode>().notNull(),
    currency: text().$type<Currency>().notNull(),
    /** Credits minus debits, kept by a trigger; the application cannot write it. */
    balance: numeric().notNull().default('0'),
  },
  (table) => [unique('ledger_accounts_kind').on(table.id, table.mode, table.currency)],
);

/** A merchant's money over all its orders. A trigger keeps it; the application cannot write it. */
export const merchantBalances = pgTable(
  'merchant_balances',
  {
    merchantId: text('merchant_id').notNull(),
    mode: text().$type<Mode>().notNull(),
    currency: text().$type<Currency>().notNull(),
    inEscrow: numeric('in_escrow').notNull(),
    payoutPending: numeric('payout_pending').notNull(),
    paidOut: numeric('paid_out').notNull(),
  },
  (table) => [primaryKey({ columns: [table.merchantId, table.mode, table.currency] })],
);

export const ledgerTransactions = pgTable(
  'ledger_transactions',
  {
    key: text().primaryKey(),
    orderId: text('order_id').notNull(),
    version: integer().notNull(),
    kind: text().$type<LedgerTransaction['kind']>().notNull(),
    mode: text().$type<Mode>().notNull(),
    currency: text().$type<Currency>().notNull(),
    at: instant('at').notNull(),
  },
  (table) => [
    unique('ledger_transactions_currency').on(table.key, table.mode, table.currency),
    foreignKey({ columns: [table.orderId, table.version], foreignColumns: [orderLog.orderId, orderLog.version] }),
    index('ledger_transactions_by_order').on(table.orderId),
  ],
);

/** One leg of a ledger transaction. Mode and currency are part of both keys, so test never meets live. */
export const postings = pgTable(
  'postings',
  {
    transactionKey: text('transaction_key').notNull(),
    leg: integer().notNull(),
    accountId: text('account_id').notNull(),
    mode: text().$type<Mode>().notNull(),
    currency: text().$type<Currency>().notNull(),
    direction: text().$type<'debit' | 'credit'>().notNull(),
    amount: money('amount').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.transactionKey, table.leg] }),
    foreignKey({
      columns: [table.transactionKey, table.mode, table.currency],
      foreignColumns: [ledgerTransactions.key, ledgerTransactions.mode, ledgerTransactions.currency],
    }),
    foreignKey({
      columns: [table.accountId, table.mode, table.currency],
      foreignColumns: [ledgerAccounts.id, ledgerAccounts.mode, ledgerAccounts.currency],
    }),
    index('postings_by_account').on(table.accountId),
  ],
);
