/** What follows from an event for commands that are held and for due dates. A new type of event does not compile without. */
import type { OrderEvent } from './outcomes.ts';

/** Whether held commands may wait for an event, and whether it changes due dates, other than by ending the wait for one. */
export const CONSEQUENCES: Readonly<Record<OrderEvent['type'], { frees: boolean; moves: boolean }>> = {
  'escrow_order.funded': { frees: true, moves: false },
  'escrow_order.completed': { frees: true, moves: false },
  'escrow_order.refunded': { frees: true, moves: false },
  'escrow_order.cancelled': { frees: true, moves: false },
  'escrow_order.clock_advanced': { frees: true, moves: false },
  'milestone.created': { frees: true, moves: true },
  'milestone.amended': { frees: true, moves: true },
  'milestone.completed': { frees: true, moves: false },
  'milestone.extended': { frees: true, moves: true },
  'milestone.inspection_ending': { frees: false, moves: false },
  'milestone.overdue': { frees: false, moves: false },
  'milestone.reopened': { frees: true, moves: true },
  'milestone.released': { frees: true, moves: false },
  'milestone.refunded': { frees: true, moves: false },
  'milestone.cancelled': { frees: true, moves: false },
  'dispute.raised': { frees: true, moves: true },
  'dispute.resolved': { frees: true, moves: true },
  'dispute.withdrawn': { frees: true, moves: true },
  'payout.created': { frees: true, moves: false },
  'payout.paid': { frees: true, moves: false },
  'payout.failed': { frees: true, moves: false },
  'payout.retried': { frees: true, moves: false },
  'command.cancelled': { frees: true, moves: false },
};
