/** Commands that come for one order at the same time are stored together, each as it would be alone. */
import { randomBytes } from 'node:crypto';
import { eq, inArray } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { storeAmongOthers } from '../../src/db/command-store.ts';
import { type NewCommand, storeCommand } from '../../src/db/queries.ts';
import { commands, merchants } from '../../src/db/schema.ts';
import type { Command } from '../../src/domain/commands.ts';
import { adminOf } from '../support/admin.ts';
import { testDatabase } from '../support/database.ts';
import { command, insertOrder, MERCHANT_ID } from '../support/orders.ts';

const database = await testDatabase();
const { db } = database;
const admin = adminOf(database);
await db.insert(merchants).values({ id: MERCHANT_ID, name: 'Test' });
const orderId = await insertOrder(db, { merchantId: MERCHANT_ID });

function newRow(changes: Partial<NewCommand> = {}): NewCommand {
  const payload = { ...command('milestone.create', { milestoneIndex: 0, amount: '1.00' }), description: 'ä "\\ 𝄞' };
  return {
    ...{ commandId: payload.id, merchantId: MERCHANT_ID, mode: 'test', role: 'merchant', orderId, payload, open: true },
    ...{ idempotencyKey: `key ${payload.id}`, fingerprint: randomBytes(32) },
    ...{ proof: randomBytes(32), claimProof: randomBytes(32) },
    ...changes,
  } as NewCommand;
}

async function together(rows: readonly NewCommand[]): Promise<{ stored: unknown[]; statements: number }> {
  const before = database.statements().length;
  const settled = await Promise.allSettled(rows.map((row) => storeAmongOthers(db, row)));
  const stored = settled.map((one) => (one.status === 'fulfilled' ? one.value : 'refused'));
  return { stored, statements: database.statements().length - before };
}

const rowsOf = (ids: readonly string[]) =>
  db
    .select()
    .from(commands)
    .where(inArray(commands.commandId, [...ids]))
    .orderBy(commands.commandId);

test('a hundred at once take a handful of statements, and are stored as each would be alone', async () => {
  const rows = Array.from({ length: 100 }, () => newRow());
  const { stored, statements } = await together(rows);
  expect(stored).toEqual(Array(100).fill(true));
  expect(statements).toBeLessThanOrEqual(6);
  const alone = rows.map((row) => ({ ...row, commandId: `alone_${row.commandId}` }));
  for (const row of alone) {
    const payload = { ...row.payload, id: row.commandId } as NewCommand['payload'];
    await storeCommand(db, { ...row, payload, idempotencyKey: `${row.idempotencyKey} alone` });
  }
  const bare = ({ createdAt: _created, lookAt: _look, ...row }: (typeof commands)['$inferSelect']) => ({
    ...row,
    commandId: row.commandId.replace('alone_', ''),
    idempotencyKey: row.idempotencyKey?.replace(' alone', ''),
    payload: { ...row.payload, id: row.commandId.replace('alone_', '') },
  });
  const asTogether = (await rowsOf(rows.map(({ commandId }) => commandId))).map(bare);
  const asAlone = (await rowsOf(alone.map(({ commandId }) => commandId))).map(bare);
  expect(asTogether).toHaveLength(100);
  expect(asTogether).toEqual(asAlone);
});

test('of those with one idempotency key or one id, one is stored', async () => {
  const [first, other] = [newRow(), newRow()];
  const sameKey = newRow({ idempotencyKey: first.idempotencyKey ?? null });
  const { stored } = await together([newRow(), newRow(), first, sameKey, other, { ...other }]);
  expect(stored.filter((one) => one === true)).toHaveLength(4);
  expect(new Set([stored[2], stored[3]])).toEqual(new Set([true, false]));
  expect(new Set([stored[4], stored[5]])).toEqual(new Set([true, false]));
});

test('one that the database refuses is refused alone', async () => {
  const gone = newRow();
  await admin`INSERT INTO withdrawn_commands (command_id) VALUES (${gone.commandId})`;
  const others = Array.from({ length: 8 }, () => newRow());
  const { stored } = await together([...others.slice(0, 4), gone, ...others.slice(4)]);
  expect(stored).toEqual([true, true, true, true, 'refused', true, true, true, true]);
  expect(await rowsOf(others.map(({ commandId }) => commandId))).toHaveLength(8);
});

test('one that waits for a twin in another process holds up those of its order alone, and only for a moment', async () => {
  const twin = newRow();
  const otherOrder = await insertOrder(db, { merchantId: MERCHANT_ID });
  const blocker = await admin.reserve();
  await blocker`BEGIN`;
  await blocker`INSERT INTO commands (command_id, merchant_id, mode, role, idempotency_key, payload, open)
    VALUES ('cmd_twin', ${MERCHANT_ID}, 'test', 'merchant', ${twin.idempotencyKey ?? ''}, '{}', false)`;
  try {
    const batch = Array.from({ length: 5 }, () => newRow());
    const held = together([twin, ...batch]);
    const begun = performance.now();
    expect(await storeAmongOthers(db, newRow({ orderId: otherOrder }))).toBe(true);
    expect(performance.now() - begun).toBeLessThan(900);
    expect((await held).stored).toEqual(['refused', true, true, true, true, true]);
  } finally {
    await blocker`ROLLBACK`;
    blocker.release();
  }
  expect(await storeAmongOthers(db, twin)).toBe(true);
});

test('long ones go in more statements, and all of them are stored', async () => {
  const rows = Array.from({ length: 12 }, () => {
    const row = newRow();
    return { ...row, payload: { ...row.payload, description: 'x'.repeat(100_000) } as unknown as Command };
  });
  const { stored, statements } = await together(rows);
  expect(stored).toEqual(Array(12).fill(true));
  expect(statements).toBeGreaterThanOrEqual(6);
  const [row] = await db
    .select()
    .from(commands)
    .where(eq(commands.commandId, rows[7]?.commandId ?? ''));
  expect(row?.payload).toMatchObject({ description: 'x'.repeat(100_000) });
});
