/** A pool's connections are shared among merchants, however much each of them asks for. */
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { onBehalfOf } from '../../src/db/turns.ts';
import { testDatabase } from '../support/database.ts';

const { db } = await testDatabase();
const CONNECTIONS = 10;
const SLEEP_MS = 200;
/** A busy machine takes some of it; in one line for all it would be six times as much. */
const PATIENCE_MS = 4 * SLEEP_MS;

const slow = (who: string | null) =>
  onBehalfOf(who, () => db.execute(sql`SELECT pg_sleep(${SLEEP_MS / 1_000}::float8)`));
const quick = (who: string | null) => onBehalfOf(who, () => db.execute(sql`SELECT 1`));

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

test('statements of one merchant, however many and slow, leave connections to others', async () => {
  const greedy = Array.from({ length: 60 }, () => slow('greedy'));
  let isOver = false;
  const all = Promise.all(greedy).then(() => {
    isOver = true;
  });
  const times: number[] = [];
  for (const who of ['quiet', null, 'another', 'quiet']) times.push(await timeOf(() => quick(who)));
  expect(isOver).toBe(false);
  expect(Math.max(...times)).toBeLessThan(PATIENCE_MS);
  await all;
});

test('lines take turns when all connections are taken', async () => {
  const order: string[] = [];
  const noted = (who: string, count: number) =>
    Array.from({ length: count }, () => slow(who).then(() => order.push(who)));
  // The service's own may have all connections.
  const busy = Array.from({ length: CONNECTIONS }, () => slow(null));
  await Promise.all([...busy, ...noted('greedy', 30), ...noted('quiet', 3)]);
  expect(order.lastIndexOf('quiet')).toBeLessThan(CONNECTIONS);
});

test('a transaction counts as its beginner’s, and what is sent after it still does', async () => {
  const work = () =>
    onBehalfOf('greedy', async () => {
      await db.transaction((tx) => tx.execute(sql`SELECT pg_sleep(${SLEEP_MS / 1_000}::float8)`));
      await db.execute(sql`SELECT pg_sleep(${SLEEP_MS / 1_000}::float8)`);
    });
  const all = Promise.all(Array.from({ length: 60 }, work));
  const times: number[] = [];
  let isOver = false;
  const ended = all.then(() => {
    isOver = true;
  });
  while (!isOver) times.push(await timeOf(() => quick('quiet')));
  await ended;
  expect(Math.max(...times)).toBeLessThan(PATIENCE_MS);
});
