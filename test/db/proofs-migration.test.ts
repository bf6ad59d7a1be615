/** What was there before proofs is believed as it was, and a process of the version before goes on writing. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import postgres from 'postgres';
import { expect, inject, test } from 'vitest';
import { withDatabase } from '../support/urls.ts';

const FIRST_WITH_PROOFS = 17;

function statementsOf(isWanted: (number: number) => boolean): string[] {
  const files = readdirSync('drizzle').filter((name) => /^[0-9]{4}_.*\.sql$/.test(name));
  const wanted = files.filter((name) => isWanted(Number(name.slice(0, 4)))).sort();
  return wanted.flatMap((name) => readFileSync(`drizzle/${name}`, 'utf8').split('--> statement-breakpoint'));
}

/** What is kept of each, and by which id. */
const ADOPTED = {
  api_keys: ['facts = api_key_facts(t)', 'key_id'],
  commands: ['digest = stored_command_digest(t)', 'command_id'],
  webhook_endpoints: ['facts = webhook_endpoint_facts(t)', 'endpoint_id'],
} as const;

const KEY = `INSERT INTO api_keys (id, merchant_id, mode, role, hash, last_four)
  SELECT 'key_' || n, 'merchant_old', 'test', 'merchant', sha256(n::text::bytea), 'abcd' FROM generate_series`;
const CLAIM = `INSERT INTO commands (command_id, merchant_id, mode, role, idempotency_key, fingerprint, payload, open, created_at)
  SELECT 'cmd_' || n, 'merchant_old', 'test', 'merchant', 'key ' || n, sha256('x'), '{"paymentIntentId": "intent_x"}', false,
    now() - interval '1 hour' FROM generate_series`;

const ENDPOINT = `INSERT INTO webhook_endpoints (id, merchant_id, mode, url, secret, cursor_xid)
  SELECT 'endpoint_' || n, 'merchant_old', 'test', 'https://example.com/' || n, 'x', '0' FROM generate_series`;

test('keys, claims, endpoints and open commands are adopted on a filled database, and later ones are not', async () => {
  const maintenance = inject('databaseUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const server = postgres(maintenance, { max: 1, onnotice: () => {} });
  await server.unsafe(`CREATE DATABASE ${name}`);
  const sql = postgres(withDatabase(maintenance, name), { max: 1, onnotice: () => {} });
  const adoptedOf = async (table: keyof typeof ADOPTED, id: string) => {
    const [kept, adoptedId] = ADOPTED[table];
    const rows = await sql.unsafe(`SELECT t.${id} AS id FROM ${table} t JOIN adopted_${table} a
      ON a.${adoptedId} = t.${id} AND a.${kept} ORDER BY length(t.${id}), 1`);
    return rows.map((row) => row.id as string);
  };
  try {
    await sql.unsafe('CREATE SCHEMA IF NOT EXISTS drizzle');
    for (const statement of statementsOf((number) => number < FIRST_WITH_PROOFS)) await sql.unsafe(statement);
    await sql.unsafe(`INSERT INTO merchants (id, name) VALUES ('merchant_old', 'Old');
      ${KEY} (1, 2000) n; ${CLAIM} (1, 20000) n; ${ENDPOINT} (1, 3) n;
      UPDATE commands SET created_at = now() - interval '40 days' WHERE command_id = 'cmd_1'`);
    await sql.begin(async (tx) => {
      for (const statement of statementsOf((number) => number >= FIRST_WITH_PROOFS)) await tx.unsafe(statement);
    });
    expect(await adoptedOf('api_keys', 'id')).toHaveLength(2000);
    expect(await adoptedOf('webhook_endpoints', 'id')).toEqual(['endpoint_1', 'endpoint_2', 'endpoint_3']);
    const claims = await adoptedOf('commands', 'command_id');
    expect([claims.length, claims[0]]).toEqual([19_999, 'cmd_2']);
    // As a process of the version before writes, with the application's rights.
    await sql.begin(async (tx) => {
      await tx.unsafe(`SET LOCAL ROLE tranche_app; ${KEY} (3001, 3001) n; ${CLAIM} (30001, 30001) n;
        ${ENDPOINT} (4, 4) n; UPDATE webhook_endpoints SET url = 'https://example.com/moved' WHERE id = 'endpoint_2';
        UPDATE api_keys SET revoked_at = now() WHERE id = 'key_5';
        UPDATE commands SET payload = '{"paymentIntentId": "intent_y"}' WHERE command_id = 'cmd_5'`);
    });
    expect(await adoptedOf('api_keys', 'id')).toHaveLength(2000);
    expect(await adoptedOf('commands', 'command_id')).toHaveLength(19_998);
    expect(await adoptedOf('webhook_endpoints', 'id')).toEqual(['endpoint_1', 'endpoint_3']);
  } finally {
    await sql.end();
    await server.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
    await server.end();
  }
});
