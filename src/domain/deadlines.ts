/**
 * Deadlines are data. `nextDeadline` tells when the order next changes by itself; what happens then is decided in
 * propose.ts by the same rules as any command, so a late person and a timer race where a test can see it.
 */
import type { EscrowOrder } from './escrow-order.ts';

/** The earliest instant, in epoch milliseconds, at which something expires; null when nothing will. */
export function nextDeadline(order: EscrowOrder): number | null {
  let next: number | null = null;
  for (const { until } of order.held) {
    if (until !== null && (next === null || until < next)) next = until;
  }
  return next;
}
