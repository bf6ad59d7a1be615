import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import postgres from 'postgres';
import { expect, inject, test } from 'vitest';
import { withDatabase } from '../support/urls.ts';

/** The statements of the migrations whose numbers are from `first` to `last`. */
function statementsOf(first: number, last: number): string[] {
  const files = readdirSync('drizzle').filter((name) => /^[0-9]{4}_.*\.sql$/.test(name));
  const wanted = files.filter((name) => Number(name.slice(0, 4)) >= first && Number(name.slice(0, 4)) <= last).sort();
  return wanted.flatMap((name) => readFileSync(`drizzle/${name}`, 'utf8').split('--> statement-breakpoint'));
}

test('events that were there before webhooks get their order’s owner, come before all others, and stay append-only', async () => {
  const maintenance = inject('databaseUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const server = postgres(maintenance, { max: 1, onnotice: () => {} });
  await server.unsafe(`CREATE DATABASE ${name}`);
  const sql = postgres(withDatabase(maintenance, name), { max: 1, onnotice: () => {} });
  try {
    // What the migrator itself makes, and the guards grant on.
    await sql.unsafe('CREATE SCHEMA IF NOT EXISTS drizzle');
    for (const statement of statementsOf(0, 3)) await sql.unsafe(statement);
    await sql.unsafe(`
      INSERT INTO merchants (id, name) VALUES ('merchant_old', 'Old');
      INSERT INTO payment_intents (id, merchant_id, mode, type, amount, currency, settlement_method, settlement_destination,
        metadata, created_at, updated_at) VALUES ('intent_old', 'merchant_old', 'live', 'DELIVERY_VS_PAYMENT', 5, 'EUR', 'x', 'y', '{}', now(), now());
      INSERT INTO escrow_orders (id, payment_intent_id, merchant_id, mode, currency, amount, release_type,
        auto_release_on_proof, terms, last_at, created_at, updated_at)
        VALUES ('escrow_order_old', 'intent_old', 'merchant_old', 'live', 'EUR', 5, 'MILESTONE_LOCKED', false, '{}', now(), now(), now());
      INSERT INTO events (id, order_id, sequence, type, data, created_at)
        VALUES ('evt_old0000001', 'escrow_order_old', 1, 'payment_intent.created', '{}', now())`);
    for (const statement of statementsOf(4, 5)) await sql.unsafe(statement);
    expect(await sql`SELECT merchant_id, mode, xid::text FROM events`).toEqual([
      { merchant_id: 'merchant_old', mode: 'live', xid: '0' },
    ]);
    const [next] = await sql`INSERT INTO events (id, type, data, created_at, merchant_id, mode)
      VALUES ('evt_new', 'x', '{}', now(), 'merchant_old', 'live') RETURNING xid > '0' AS later`;
    expect(next?.later).toBe(true);
    await expect(sql`UPDATE events SET type = 'y'`).rejects.toMatchObject({ constraint_name: 'L5_append_only' });
  } finally {
    await sql.end();
    await server.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
    await server.end();
  }
});
