/** Forgets what no promise needs any more, in portions: a transaction of one is short, and holds up nobody. */
import { countToForget, forgetCommands, forgetDeliveries, forgetWithdrawn, type Retention } from '../db/retention.ts';
import type { Sweep, SweeperDependencies } from './sweeping.ts';

const PORTION_ROWS = 500;
/** Of each kind in one sweep. */
export const RETENTION_SWEEP_ROWS = 10_000;

export async function sweepRetention(
  { db, stopping }: Pick<SweeperDependencies, 'db' | 'stopping'>,
  retention: Retention,
): Promise<Sweep> {
  let done = 0;
  let isWhole = true;
  const forget = async (portion: () => Promise<number>): Promise<void> => {
    for (let rows = 0; !stopping?.aborted; ) {
      const forgotten = await portion();
      done += forgotten;
      rows += forgotten;
      if (forgotten < PORTION_ROWS) return;
      if (rows < RETENTION_SWEEP_ROWS) continue;
      isWhole = false;
      return;
    }
  };
  await forget(() => forgetCommands(db, retention.commandDays, PORTION_ROWS));
  await forget(() => forgetDeliveries(db, retention.deliveryDays, PORTION_ROWS));
  await forget(() => forgetWithdrawn(db, PORTION_ROWS));
  return { done, left: isWhole || stopping?.aborted ? 0 : await countToForget(db, retention) };
}
