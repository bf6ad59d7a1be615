/**
 * Ids that follow from other ids. Nothing here makes a random one: ids come from the caller or are derived, so that
 * a retry, a replay and a second process all arrive at the same id.
 */

/** 0 … 9 999 (contract, section 1). */
export const MAX_MILESTONE_INDEX = 9_999;

const INDEX_DIGITS = 4;

/**
 * The public id of a milestone. It follows from its order and index, which are unique together, so the workflow
 * need not carry 10 000 ids; it sorts by order and then by index.
 */
export function milestoneId(orderId: string, index: number): string {
  return `milestone_${suffixOf(orderId)}${String(index).padStart(INDEX_DIGITS, '0')}`;
}

/** The inverse of {@link milestoneId}: the index, or null when the id is not one of this order's. */
export function milestoneIndexOf(orderId: string, id: string): number | null {
  const prefix = `milestone_${suffixOf(orderId)}`;
  const digits = id.slice(prefix.length);
  return id.startsWith(prefix) && /^[0-9]{4}$/.test(digits) ? Number(digits) : null;
}

/** The public id of a milestone's payout, or (null) of what a resolution paid beyond milestones. */
export function payoutId(orderId: string, milestoneIndex: number | null): string {
  const part = milestoneIndex === null ? 'rest' : String(milestoneIndex).padStart(INDEX_DIGITS, '0');
  return `payout_${suffixOf(orderId)}${part}`;
}

/** The public id of an order's event: sorts by order and then by sequence. */
export function eventId(orderId: string, sequence: number): string {
  return `evt_${suffixOf(orderId)}${String(sequence).padStart(7, '0')}`;
}

function suffixOf(orderId: string): string {
  return orderId.slice(orderId.lastIndexOf('_') + 1);
}
