/**
 * The three loads. All clients are closed loops: each sends its next command when the last one is answered.
 */
import { type CpuSeconds, cpuSince } from '../support/cpu.ts';
import { percentile, shuffled } from '../support/statistics.ts';
import type { Target } from './target.ts';

export type Load =
  /** Many clients, each walking round some orders of its own with ascending indexes. */
  | { readonly kind: 'spread'; readonly clients: number; readonly windowMs: number }
  /** One client, one order. */
  | { readonly kind: 'lone'; readonly commands: number }
  /** Commands with shuffled indexes on one order, all at once. */
  | { readonly kind: 'burst'; readonly commands: number };

export interface LoadResult {
  /** Commands answered in the time measured. */
  readonly commands: number;
  readonly ms: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpu: CpuSeconds;
}

const ORDERS_PER_CLIENT = 2;

/** Prepares the orders, then measures. */
export async function runLoad<Order>(
  target: Target<Order>,
  load: Load,
  readCpu: () => Promise<CpuSeconds>,
): Promise<LoadResult> {
  const orders = await target.prepare(load.kind === 'spread' ? load.clients * ORDERS_PER_CLIENT : 1);
  const latencies: number[] = [];
  const cpuBefore = await readCpu();
  const startedAt = performance.now();
  const create = async (order: Order, index: number) => {
    const sentAt = performance.now();
    await target.create(order, index);
    latencies.push(performance.now() - sentAt);
  };
  if (load.kind === 'spread') await spread(orders, load, create, startedAt + load.windowMs);
  if (load.kind === 'lone') await lone(orders, load, create);
  if (load.kind === 'burst') await burst(orders, load, create);
  const ms = performance.now() - startedAt;
  return {
    commands: latencies.length,
    ms,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    cpu: cpuSince(cpuBefore, await readCpu()),
  };
}

type Create<Order> = (order: Order, index: number) => Promise<void>;

/** Commands under way at the end are finished and counted with the time they took. */
async function spread<Order>(
  orders: readonly Order[],
  { clients }: Extract<Load, { kind: 'spread' }>,
  create: Create<Order>,
  endsAt: number,
): Promise<void> {
  const client = async (number: number): Promise<void> => {
    const own = orders.filter((_, position) => position % clients === number);
    for (let index = 0; ; index++) {
      for (const order of own) {
        if (performance.now() >= endsAt) return;
        await create(order, index);
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
}

async function lone<Order>(
  [order]: readonly Order[],
  { commands }: Extract<Load, { kind: 'lone' }>,
  create: Create<Order>,
): Promise<void> {
  for (let index = 0; index < commands; index++) await create(order as Order, index);
}

async function burst<Order>(
  [order]: readonly Order[],
  { commands }: Extract<Load, { kind: 'burst' }>,
  create: Create<Order>,
): Promise<void> {
  const indexes = shuffled(Array.from({ length: commands }, (_, index) => index));
  await Promise.all(indexes.map((index) => create(order as Order, index)));
}
