/**
 * What the Temporal UI lists and finds orders by. No import from the SDK: whoever registers the attributes and whoever
 * starts a workflow uses this file too.
 *
 * Each change costs an event of the order's history, so an attribute says what lasts. A command that the API holds for
 * a moment shows in none of them, and the position of an order moves with its settled milestones, not with new ones.
 */
import { nextDeadline } from '../domain/deadlines.ts';
import { type EscrowOrder, type HeldCommand, indexInTurn, type OrderOpening } from '../domain/escrow-order.ts';

/**
 * Names and types. All fit into what a namespace on a SQL database has room for: ten keywords, three integers, three
 * instants.
 */
export const SEARCH_ATTRIBUTES = {
  TrancheOrderStatus: 'KEYWORD',
  TrancheMerchant: 'KEYWORD',
  /** The list shows no summaries, and a continued run has none. */
  TrancheAmount: 'KEYWORD',
  TrancheTrouble: 'KEYWORD',
  TrancheNextMilestone: 'INT',
  TrancheHeldCount: 'INT',
  TrancheNextDeadline: 'DATETIME',
  TrancheDisputedSince: 'DATETIME',
  TrancheHeldSince: 'DATETIME',
} as const;

export type SearchAttributeName = keyof typeof SEARCH_ATTRIBUTES;

/** What keeps an order or a payout from going on, and needs somebody: the value of TrancheTrouble. */
export type Trouble = 'load failing' | 'commit failing' | 'deadline refused' | 'database restored' | 'payout failed';

/** By name; null: the attribute is not set. */
export type OrderAttributes = Readonly<Record<SearchAttributeName, string | number | Date | null>>;

/** A command that may wait longer than this counts as held; the API holds others for 30 seconds at most. */
const LASTING_MS = 60_000;
/** What every visibility store can keep. */
const LAST_INSTANT = Date.UTC(9999, 11, 31);

/** Those that are known before the order is loaded. Given at the start they are part of its event, and cost none. */
export function attributesOfOpening({ status, merchantId, amount, currency }: OrderOpening) {
  return { TrancheOrderStatus: status, TrancheMerchant: merchantId, TrancheAmount: `${amount} ${currency}` } as const;
}

/** @param trouble what keeps the workflow itself from going on; null: nothing does */
export function attributesOf(order: EscrowOrder, trouble: Trouble | null): OrderAttributes {
  const held = order.held.filter(isLasting);
  const turn = indexInTurn(order) ?? order.milestones.length;
  const deadline = nextDeadline({ ...order, held });
  return {
    ...attributesOfOpening(order),
    TrancheTrouble: trouble ?? (hasFailedPayout(order) ? 'payout failed' : null),
    TrancheNextMilestone: turn === 0 ? null : turn,
    TrancheHeldCount: held.length === 0 ? null : held.length,
    TrancheNextDeadline: deadline === null ? null : instantOf(deadline),
    // As old as it is on the order's clock, which runs ahead in test mode.
    TrancheDisputedSince: order.dispute && instantOf(order.dispute.raisedAt - order.clockOffsetMs),
    TrancheHeldSince: held.length === 0 ? null : instantOf(Math.min(...held.map(({ command }) => command.receivedAt))),
  };
}

/** Those of `wanted` that are not what they are now, in the order in which they are declared. */
export function changesBetween(
  now: Partial<Readonly<Record<string, unknown>>>,
  wanted: Partial<OrderAttributes>,
): [SearchAttributeName, string | number | Date | null][] {
  return (Object.keys(SEARCH_ATTRIBUTES) as SearchAttributeName[]).flatMap((name) => {
    const value = wanted[name];
    const isSame = value === undefined || comparable(now[name]) === comparable(value);
    return isSame ? [] : [[name, value] as [SearchAttributeName, string | number | Date | null]];
  });
}

function comparable(value: unknown): unknown {
  return value instanceof Date ? value.getTime() : (value ?? null);
}

function isLasting({ command, until }: HeldCommand): boolean {
  return until === null || command.turnWaitMs === null || command.turnWaitMs > LASTING_MS;
}

function hasFailedPayout({ milestones, restPayout }: EscrowOrder): boolean {
  return restPayout?.status === 'FAILED' || milestones.some(({ payout }) => payout?.status === 'FAILED');
}

/** Some instants come from signals that anybody may send. */
function instantOf(at: number): Date {
  return new Date(Math.min(Math.max(at, 0), LAST_INSTANT));
}
