/** The login of the application: made, kept up to date, and told of when the guards do not hold it. */
import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { createApiKey } from '../../src/api/api-keys.ts';
import { connect } from '../../src/db/client.ts';
import { migrate } from '../../src/db/migrate.ts';
import { readRights } from '../../src/db/rights.ts';
import { apiKeys, merchants } from '../../src/db/schema.ts';
import { adminOf } from '../support/admin.ts';
import { testDatabase } from '../support/database.ts';
import { startServiceOn } from '../support/service.ts';
import { registerSecret } from '../support/test-log.ts';
import { withLogin } from '../support/urls.ts';

const database = await testDatabase();
const admin = adminOf(database);
const API_ONLY = { roles: { api: true, worker: false } };

function newPassword(): string {
  const password = `a/b#c%zz:@ ${randomBytes(6).toString('hex')}`;
  registerSecret(password);
  return password;
}

function urlOf(user: string, password: string): string {
  return withLogin(database.adminUrl, { user, password: encodeURIComponent(password) });
}

async function signsIn(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  return sql`SELECT 1`
    .then(
      () => true,
      () => false,
    )
    .finally(() => sql.end({ timeout: 1 }));
}

test('a login is made, left alone while its password works, and given the new one when it changed', async () => {
  const user = `login_${randomBytes(4).toString('hex')}`;
  onTestFinished(async () => void (await admin.unsafe(`DROP OWNED BY ${user}; DROP ROLE ${user}`)));
  const [first, second] = [urlOf(user, newPassword()), urlOf(user, newPassword())];
  expect(await migrate(database.adminUrl, first)).toBe(`The login ${user} was made.`);
  expect(await migrate(database.adminUrl, first)).toBeNull();
  expect([await signsIn(first), await signsIn(second)]).toEqual([true, false]);
  expect(await migrate(database.adminUrl, second)).toBe(
    `The password of the login ${user} is the one of DATABASE_URL now.`,
  );
  expect([await signsIn(first), await signsIn(second)]).toEqual([false, true]);
});

test('the application’s login is held by the guards; an owner, a superuser and who was granted too much are not', async () => {
  expect(await readRights(database.db)).toMatchObject({ isPastGuards: false });
  const owner = connect(database.adminUrl, { max: 1 });
  onTestFinished(() => owner.close());
  expect(await readRights(owner.db)).toMatchObject({ isPastGuards: true });
  const { role } = await readRights(database.db);
  await admin.unsafe(`GRANT DELETE ON order_log TO ${role}`);
  try {
    expect(await readRights(database.db)).toMatchObject({ isPastGuards: true });
  } finally {
    await admin.unsafe(`REVOKE DELETE ON order_log FROM ${role}`);
  }
});

test('a service that the guards do not hold runs for test mode, and does not start where there are keys of live mode', async () => {
  const start = () => startServiceOn(database.adminUrl, '', 'no-queue', API_ONLY);
  await (await start()).stop();
  await database.db.insert(merchants).values({ id: 'merchant_live', name: 'Live' });
  const { key: _, ...row } = createApiKey('live', 'merchant');
  await database.db.insert(apiKeys).values({ ...row, merchantId: 'merchant_live' });
  await expect(start()).rejects.toThrow(
    /signs in to PostgreSQL as .* Set DATABASE_URL to a login of its own.*does not start/,
  );
  await admin`UPDATE api_keys SET revoked_at = now() WHERE id = ${row.id}`;
  await (await start()).stop();
});
