/**
 * Deadlines are data. `earliestDeadline` tells when the order next changes by itself; what happens then is decided in
 * propose.ts by the same rules as any command, so a late person and a timer race where a test can see it.
 */
import { type EscrowOrder, type HeldCommand, indexInTurn, isDecided, isStopped } from './escrow-order.ts';
import { reminderAt } from './terms.ts';

/** What expires, and when: epoch milliseconds on the order's clock. */
export type Deadline =
  | { readonly kind: 'held'; readonly at: number; readonly held: HeldCommand }
  | { readonly kind: 'dispute'; readonly at: number }
  | { readonly kind: 'inspection'; readonly at: number; readonly index: number }
  | { readonly kind: 'reminder'; readonly at: number; readonly index: number }
  | { readonly kind: 'due'; readonly at: number; readonly index: number };

type DueDate = Extract<Deadline, { kind: 'due' }>;

/**
 * The due dates of an order that has thousands which expire one after the other: ordered once. To be made anew after
 * any event but the end of a milestone or its being overdue.
 */
export class DueDates {
  private readonly dates: readonly DueDate[];
  private position = 0;

  constructor(order: EscrowOrder) {
    const dates = order.milestones.map((_, index) => dueDateOf(order, index));
    this.dates = dates.filter((date) => date !== null).sort((a, b) => a.at - b.at);
  }

  earliest(order: EscrowOrder): DueDate | null {
    for (let date = this.dates[this.position]; date; date = this.dates[++this.position]) {
      if (dueDateOf(order, date.index)) return date;
    }
    return null;
  }
}

/** Null when the milestone is not waiting for one. */
function dueDateOf(order: EscrowOrder, index: number): DueDate | null {
  const { status, dueAt } = order.milestones[index] ?? {};
  if (status !== 'PENDING' || dueAt === undefined || isStopped(order, index)) return null;
  return { kind: 'due', at: dueAt, index };
}

function earliestDueDate(order: EscrowOrder): DueDate | null {
  let earliest: DueDate | null = null;
  for (let index = indexInTurn(order) ?? order.milestones.length; index < order.milestones.length; index++) {
    const date = dueDateOf(order, index);
    if (date && (earliest === null || date.at < earliest.at)) earliest = date;
  }
  return earliest;
}

/** The earliest deadline, of several at one instant always the same one; null when nothing will expire. */
export function earliestDeadline(order: EscrowOrder, due = earliestDueDate(order)): Deadline | null {
  let earliest: Deadline | null = null;
  const consider = (deadline: Deadline) => {
    if (earliest === null || deadline.at < earliest.at) earliest = deadline;
  };
  const turn = indexInTurn(order);
  const { dispute } = order;
  // A default that pays the merchant waits for its turn, like a release by hand.
  const waitsForTurn = order.terms.disputeDefault === 'MERCHANT_WON' && dispute?.milestoneIndex !== null;
  const isExpiring = dispute !== null && !dispute.isOpenEnded && !isDecided(order);
  if (isExpiring && (!waitsForTurn || dispute.milestoneIndex === turn))
    consider({ kind: 'dispute', at: dispute.endsAt });
  // Only the milestone in turn can be released: the inspections of those after it end when it is their turn.
  const inspected = turn === null || isStopped(order, turn) ? undefined : order.milestones[turn];
  if (turn !== null && inspected?.status === 'COMPLETED' && inspected.inspectionEndsAt !== undefined) {
    const { inspectionEndsAt, reminded } = inspected;
    if (!reminded) consider({ kind: 'reminder', at: reminderAt(inspectionEndsAt, order.terms), index: turn });
    consider({ kind: 'inspection', at: inspectionEndsAt, index: turn });
  }
  if (due) consider(due);
  for (const held of order.held) if (held.until !== null) consider({ kind: 'held', at: held.until, held });
  return earliest;
}

/** When the order's workflow has to wake up, in epoch milliseconds on the real clock; null: not by itself. */
export function nextDeadline(order: EscrowOrder): number | null {
  const earliest = earliestDeadline(order);
  return earliest === null ? null : earliest.at - order.clockOffsetMs;
}
