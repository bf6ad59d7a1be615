/** Requests for one order that come at the same time read it once, and none is told less than its own read would say. */
import { eq } from 'drizzle-orm';
import { beforeEach, expect, test, vi } from 'vitest';
import { requireOrder } from '../../src/api/access.ts';
import type { Caller } from '../../src/api/caller.ts';
import { findIntent } from '../../src/db/queries.ts';
import { escrowOrders, merchants } from '../../src/db/schema.ts';
import { testDatabase } from '../support/database.ts';
import { insertOrder, MERCHANT_ID } from '../support/orders.ts';

// The real read, whose answer the test keeps back.
vi.mock(import('../../src/db/queries.ts'), async (original) => {
  const queries = await original();
  return { ...queries, findIntent: vi.fn(queries.findIntent) };
});
const { findIntent: read } = await vi.importActual<typeof import('../../src/db/queries.ts')>('../../src/db/queries.ts');
const reads = vi.mocked(findIntent);

const { db } = await testDatabase();
await db.insert(merchants).values([MERCHANT_ID, 'merchant_other'].map((id) => ({ id, name: id })));
const caller = (merchantId = MERCHANT_ID) => ({ merchantId, mode: 'test', role: 'merchant' }) as Caller;
let asked = 0;

beforeEach(() => {
  asked = 0;
  reads.mockImplementation((...given) => {
    asked++;
    return read(...given);
  });
});

async function intentOf(orderId: string): Promise<string> {
  const [order] = await db.select().from(escrowOrders).where(eq(escrowOrders.id, orderId));
  return order?.paymentIntentId ?? '';
}

test('a burst for one order is one read', async () => {
  const orderId = await insertOrder(db, { merchantId: MERCHANT_ID });
  const intentId = await intentOf(orderId);
  const found = await Promise.all(Array.from({ length: 50 }, () => requireOrder(db, caller(), intentId)));
  expect(new Set(found.map(({ id }) => id))).toEqual(new Set([orderId]));
  expect(asked).toBe(1);
});

test.each([
  ['found nothing', () => Promise.resolve(null)],
  ['failed', () => Promise.reject(new Error('The connection was lost'))],
])('who joins a read that %s reads for itself', async (_, early) => {
  const intentId = await intentOf(await insertOrder(db, { merchantId: MERCHANT_ID }));
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  reads.mockImplementationOnce(() => held.then(early));
  const first = requireOrder(db, caller(), intentId);
  const joined = requireOrder(db, caller(), intentId);
  answer();
  await expect(first).rejects.toThrow();
  expect((await joined).paymentIntentId).toBe(intentId);
  expect(asked).toBe(1);
});

test('another merchant joins nobody’s read, and is refused', async () => {
  const intentId = await intentOf(await insertOrder(db, { merchantId: MERCHANT_ID }));
  const [mine, theirs] = await Promise.allSettled([
    requireOrder(db, caller(), intentId),
    requireOrder(db, caller('merchant_other'), intentId),
  ]);
  expect([mine.status, theirs.status]).toEqual(['fulfilled', 'rejected']);
  expect(asked).toBe(2);
});
