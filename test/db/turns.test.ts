/** A pool's connections are shared among merchants, however much each of them asks for. */
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { onBehalfOf } from '../../src/db/turns.ts';
import { testDatabase } from '../support/database.ts';

const { db } = await testDatabase();
const CONNECTIONS = 10;
const SLEEP_MS = 200;
const slow = (who: string | null) =>
  onBehalfOf(who, () => db.execute(sql`SELECT pg_sleep(${SLEEP_MS / 1_000}::float8)`));
const quick = (who: string | null) => onBehalfOf(who, () => db.execute(sql`SELECT 1`));

test('statements of one merchant, however many and slow, leave connections to others', async () => {
  let done = 0;
  const greedy = Array.from({ length: 60 }, () => slow('greedy').then(() => done++));
  for (const who of ['quiet', null, 'another', 'quiet']) await quick(who);
  // In one line for all, the first of them would come after fifty.
  expect(done).toBeLessThan(40);
  await Promise.all(greedy);
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
  let answered = 0;
  let isOver = false;
  const ended = all.then(() => {
    isOver = true;
  });
  while (!isOver) {
    await quick('quiet');
    answered++;
  }
  await ended;
  // In one line for all, it would be two or three: each would wait for all that was asked for before.
  expect(answered).toBeGreaterThan(20);
});
