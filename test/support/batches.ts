/** Batches for calling the activities without a workflow: made from an order the way its workflow makes them. */
import type { Command, InvalidCommand } from '../../src/domain/commands.ts';
import { compactEntry } from '../../src/domain/compact.ts';
import { nextDeadline } from '../../src/domain/deadlines.ts';
import type { EscrowOrder } from '../../src/domain/escrow-order.ts';
import { evolve } from '../../src/domain/evolve.ts';
import type { ProposedEntry } from '../../src/domain/outcomes.ts';
import { propose } from '../../src/domain/propose.ts';
import type { ProposedBatch } from '../../src/domain/protocol.ts';

/** What the workflow of `order` would commit for these commands, judged at `now`. */
export function batchFor(
  order: EscrowOrder,
  commands: readonly (Command | InvalidCommand)[],
  now = Date.now(),
): ProposedBatch {
  return batchOf(order, propose(order, commands, now).entries);
}

/** A batch of just these entries, sound or not. */
export function batchOf(order: EscrowOrder, entries: readonly ProposedEntry[]): ProposedBatch {
  const after = evolve(
    order,
    entries.map((entry, position) => compactEntry(order.version + 1 + position, entry)),
  );
  const { id, paymentIntentId, merchantId, mode, currency, status, funded, released, refunded, clockOffsetMs } = after;
  return {
    order: {
      ...{ id, paymentIntentId, merchantId, mode, currency, status, funded, released, refunded, clockOffsetMs },
      nextDeadline: nextDeadline(after),
    },
    expectedVersion: order.version,
    entries,
  };
}
