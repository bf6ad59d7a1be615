/**
 * What only the merchant's side is shown. Data, as in domain/permissions.ts: docs/LIFECYCLE.md has it as a table, and
 * tests ask for each cell as each role.
 *
 * How a merchant is paid, what it has, and what it keeps for itself in `metadata` is no business of the other parties
 * of an order.
 */
import type { ActorRole } from '../domain/commands.ts';
import type { Person } from '../domain/permissions.ts';
import { accessOf } from './caller.ts';

export const MERCHANT_SIDE = ['merchant', 'operator'] as const satisfies Person[];

/** Fields of answers, by their names, wherever they occur: so no answer to come can forget one. */
const MERCHANT_FIELDS: readonly string[] = ['settlementDestination', 'metadata', 'payout', 'keyName'];

/** Whether a role is shown payouts and the balance: by themselves, in the timeline, in the ledger and as commands. */
export function seesPayouts(role: ActorRole): boolean {
  return MERCHANT_SIDE.some((one) => one === role);
}

/** Who may read payouts and balances. */
export const PAYOUT_VIEWERS = accessOf(MERCHANT_SIDE, 'role_not_allowed', 'read payouts and balances');

/** An answer's body as a role is shown it. */
export function viewFor(role: ActorRole, body: object): object {
  return seesPayouts(role) ? body : (withoutMerchantFields(body) as object);
}

function withoutMerchantFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMerchantFields);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      MERCHANT_FIELDS.includes(key) ? [] : [[key, withoutMerchantFields(inner)]],
    ),
  );
}
