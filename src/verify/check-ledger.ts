/**
 * An order's ledger transactions against those that its log makes (L1, L4, L6, L7), and its escrow account (V2, V3, L2).
 */
import { externalAccount, merchantAccount } from '../domain/ledger.ts';
import { compare, formatAmount, subtract, sum, ZERO } from '../domain/money.ts';
import { grouped } from './grouped.ts';
import type { ExpectedTransaction, LogWalk } from './log-walk.ts';
import type { EscrowRow, LegRow, OrderRow } from './order-pages.ts';
import type { Notes } from './report.ts';

/** L1, L4, L6 and L7. */
export function checkTransactions(notes: Notes, order: OrderRow, rows: readonly LegRow[], walk: LogWalk): void {
  const found = grouped(rows, ({ key }) => key);
  notes.checked.ledgerTransactions += found.size;
  for (const [key, legs] of found) checkLegs(notes, order, key, legs);
  if (walk.broken) return;
  for (const transaction of walk.transactions) {
    const { key, kind } = transaction;
    const legs = found.get(key);
    found.delete(key);
    if (legs) notes.equal('L6_transaction', order.id, key, expectedText(transaction), foundText(legs));
    else notes.violation(kind === 'release' ? 'L7_release_posted' : 'L6_transaction', order.id, key, 'posted', null);
  }
  for (const [key, legs] of found)
    notes.violation('L6_transaction', order.id, key, 'no such transaction', foundText(legs));
}

/** What must hold for a transaction whatever the log says. */
function checkLegs(notes: Notes, { id, mode, currency }: OrderRow, key: string, rows: readonly LegRow[]): void {
  const legs = rows.filter(({ leg }) => leg !== null);
  notes.checked.postings += legs.length;
  const total = sum(legs.map(signed));
  if (legs.length < 2 || total !== ZERO)
    notes.violation('L1_balanced', id, key, 'two legs or more that sum to 0.00', `${legs.length} that sum to ${total}`);
  const owned = `${mode} ${currency}`;
  notes.equal('L4_mode', id, key, owned, rows[0]?.transactionIn);
  for (const { leg, postingIn, account, accountId } of legs) {
    notes.equal('L4_mode', id, `${key} leg ${leg}`, owned, postingIn);
    if (account === null) notes.violation('L5_append_only', id, `account ${accountId}`, 'a row', 'nothing');
    else if (!account.endsWith(` ${owned}`)) notes.violation('L4_mode', id, `account ${accountId}`, owned, account);
  }
}

function signed({ direction, amount }: LegRow): string {
  return direction === 'credit' ? (amount ?? ZERO) : subtract(ZERO, amount ?? ZERO);
}

function expectedText({ kind, version, at, postings }: ExpectedTransaction): string {
  const legs = postings.map(({ account: { id, kind: type, ownerId }, direction, amount }, position) =>
    legText(position + 1, direction, amount, id, `${type} ${ownerId}`),
  );
  return `${kind} of entry ${version} at ${at}: ${legs.join(', ')}`;
}

function foundText(rows: readonly LegRow[]): string {
  const [first] = rows;
  const legs = rows.flatMap(({ leg, direction, amount, accountId, account }) =>
    leg === null
      ? []
      : [legText(leg, direction ?? '', formatAmount(amount ?? ZERO), accountId ?? '', ownerOf(account))],
  );
  return `${first?.kind} of entry ${first?.version} at ${first?.at}: ${legs.join(', ')}`;
}

function legText(leg: number, direction: string, amount: string, accountId: string, owner: string): string {
  return `${leg} ${direction} ${amount} ${accountId} (${owner})`;
}

/** Without mode and currency, which L4 looks at. */
function ownerOf(account: string | null): string {
  return account === null ? 'gone' : account.split(' ').slice(0, -2).join(' ');
}

/** V2_escrow, V3_balance and L2 of the order's escrow account. */
export function checkEscrow(notes: Notes, order: OrderRow, account: EscrowRow | undefined): void {
  const subject = `balance of escrow/${order.id}`;
  const inEscrow = subtract(subtract(order.fundedAmount, order.releasedAmount), order.refundedAmount);
  const { balance, posted } = account ?? { balance: ZERO, posted: ZERO };
  notes.equal('V2_escrow', order.id, subject, inEscrow, formatAmount(balance));
  if (!account) return;
  notes.checked.accounts++;
  notes.equal('V3_balance', order.id, subject, formatAmount(posted), formatAmount(balance));
  if (compare(balance, ZERO) < 0) notes.violation('L2_balance', order.id, subject, 'not below zero', balance);
}

export type AccountRow = {
  id: string;
  kind: 'external' | 'merchant' | 'escrow';
  ownerId: string;
  mode: OrderRow['mode'];
  currency: OrderRow['currency'];
  balance: string;
  posted: string;
  /** The sum of the owner's payouts that are not paid. */
  unpaid: string;
};

/** V2_merchant, V3_balance, L2 and L4 of an account that many orders share. */
export function checkAccount(notes: Notes, row: AccountRow): void {
  const { id, kind, ownerId, mode, currency, balance, posted, unpaid } = row;
  notes.checked.accounts++;
  const account = kind === 'external' ? externalAccount(mode, currency) : merchantAccount(ownerId, mode, currency);
  notes.equal('L4_mode', null, `id of the account of ${kind} ${ownerId}, ${mode} ${currency}`, account.id, id);
  notes.equal('V3_balance', null, `balance of ${id}`, formatAmount(posted), formatAmount(balance));
  if (kind === 'merchant')
    notes.equal('V2_merchant', null, `balance of ${id}`, formatAmount(unpaid), formatAmount(balance));
  if (kind !== 'external' && compare(balance, ZERO) < 0)
    notes.violation('L2_balance', null, `balance of ${id}`, 'not below zero', balance);
}
