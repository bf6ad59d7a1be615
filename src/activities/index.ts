/** Everything a worker registers. Workflows import only the type of it. */
import { createOrderActivities, type OrderLogDependencies } from './order-log.ts';

export type ActivityDependencies = OrderLogDependencies;

export function createActivities(deps: ActivityDependencies) {
  return { ...createOrderActivities(deps) };
}

export type Activities = ReturnType<typeof createActivities>;
