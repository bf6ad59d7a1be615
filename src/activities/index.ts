/** Everything a worker registers. Workflows import only the type of it. */
import { createOrderActivities, type OrderLogDependencies } from './order-log.ts';
import { createPayoutActivities, type PayoutDependencies } from './payouts.ts';

export type ActivityDependencies = OrderLogDependencies & PayoutDependencies;

export function createActivities(deps: ActivityDependencies) {
  return { ...createOrderActivities(deps), ...createPayoutActivities(deps) };
}

export type Activities = ReturnType<typeof createActivities>;
