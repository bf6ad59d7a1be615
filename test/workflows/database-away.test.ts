import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../src/db/client.ts';
import { readOrder } from '../../src/db/order-log.ts';
import { adminOfServer } from '../support/admin.ts';
import { historyOf, typeOf } from '../support/history.ts';
import { upTo } from '../support/numbers.ts';
import { faultsOf } from '../support/order-audit.ts';
import { MERCHANT_ID, testOrders } from '../support/orders.ts';
import { complete, create, fund, hold, outcomeOf, release, WITHOUT_END, wordFor } from '../support/steps.ts';
import { shuffled, until } from '../support/until.ts';

const orders = await testOrders();
const server = adminOfServer();
const name = new URL(orders.url).pathname.slice(1);

async function takeAway(): Promise<void> {
  await server.unsafe(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await server`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${name}`;
}

async function bringBack(): Promise<void> {
  await server.unsafe(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
}

test('commands sent while the database is away are answered when it is back, by regular activities', async () => {
  onTestFinished(bringBack);
  const warm = await orders.createOrder({ funded: true });
  const cold = await orders.createOrder();
  const held = create(2, WITHOUT_END);
  await hold(orders, warm, held);

  await takeAway();
  const sent = shuffled([
    create(0, WITHOUT_END),
    create(1, WITHOUT_END),
    complete(0, WITHOUT_END),
    release(0, WITHOUT_END),
  ]);
  const answers = Promise.all(sent.map((one) => orders.submit(warm, one)));
  // This one's workflow starts and cannot load its order.
  const coldAnswer = orders.submit(cold, fund());
  for (const [orderId, activity] of [
    [warm, 'commitEntries'],
    [cold, 'loadOrder'],
  ] as const) {
    await until(`${activity} to be tried as a regular activity`, async () => {
      return (await scheduled(orderId)).includes(activity);
    });
  }
  await bringBack();

  expect((await answers).map(wordFor)).toEqual(Array(4).fill('accepted'));
  expect(wordFor(await coldAnswer)).toBe('accepted');
  expect(await outcomeOf(orders, warm, held)).toMatchObject({ outcome: 'accepted' });
  for (const orderId of [warm, cold]) expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('a database that loses every connection again and again loses no command', async () => {
  const ids = await Promise.all(upTo(3).map(() => orders.createOrder()));
  let cuts = 0;
  let sending = true;
  const cutting = (async () => {
    while (sending) {
      const cut = await server`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${name}`;
      if (cut.length > 0) cuts++;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  const briefly = { merchantId: MERCHANT_ID, waitMs: 50, untilHeld: true, send: true };
  await Promise.all(
    ids.map(async (orderId) => {
      for (const index of shuffled(upTo(40))) {
        await orders.gateway.submit(orderId, create(index, WITHOUT_END), briefly);
      }
    }),
  );
  sending = false;
  await cutting;
  expect(cuts).toBeGreaterThanOrEqual(5);

  // The pools still hold what the driver has not noticed.
  const fresh = connect(orders.url);
  onTestFinished(() => fresh.close());
  for (const orderId of ids) {
    await until(
      'all to be created',
      async () => (await readOrder(fresh.db, orderId))?.milestones.length === 40,
      20_000,
    );
    expect(await faultsOf(fresh.db, orderId)).toEqual([]);
  }
});

test('what Temporal keeps of a technical failure is short, and holds neither SQL nor what people wrote', async () => {
  onTestFinished(bringBack);
  const orderId = await orders.createOrder({ funded: true });
  await takeAway();
  const secret = create(0, { details: { description: 'Heating for Ms Example' } });
  const answer = orders.submit(orderId, secret);
  await until('a regular activity', async () => (await scheduled(orderId)).length > 0);
  await bringBack();
  await answer;
  const failures = (await historyOf(orders, orderId)).flatMap(
    (event) => event.markerRecordedEventAttributes?.failure ?? [],
  );
  expect(failures.length).toBeGreaterThan(0);
  // Not compared as texts: the difference would fill the screen.
  const texts = failures.map((failure) => JSON.stringify(failure));
  expect(texts.filter((text) => /Ms Example|INSERT INTO/.test(text)).length).toBe(0);
  expect(Math.max(...texts.map(({ length }) => length))).toBeLessThan(5_000);
});

/** The activities that were scheduled at the server, so not as local ones. */
async function scheduled(orderId: string): Promise<(string | null | undefined)[]> {
  const events = await historyOf(orders, orderId);
  return events
    .filter((event) => typeOf(event) === 'activityTaskScheduled')
    .map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
}
