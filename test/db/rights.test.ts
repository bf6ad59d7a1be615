/** The login of the application: made, kept up to date, and told of when the guards do not hold it. */
import { randomBytes } from 'node:crypto';
import { createConnection, createServer } from 'node:net';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { createApiKey } from '../../src/api/api-keys.ts';
import { connect } from '../../src/db/client.ts';
import { migrate } from '../../src/db/migrate.ts';
import { readRights } from '../../src/db/rights.ts';
import { apiKeys, merchants } from '../../src/db/schema.ts';
import { openGuards } from '../../src/main/guards.ts';
import { adminOf } from '../support/admin.ts';
import { testDatabase } from '../support/database.ts';
import { freePort } from '../support/npm-start.ts';
import { startServiceOn } from '../support/service.ts';
import { registerSecret, testLog } from '../support/test-log.ts';
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
  const client = postgres(url, { max: 1, onnotice: () => {} });
  return client`SELECT 1`
    .then(
      () => true,
      () => false,
    )
    .finally(() => client.end({ timeout: 1 }));
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

test('migrating tells which rights it could not take from the login, and how its owner takes them', async () => {
  const user = `login_${randomBytes(4).toString('hex')}`;
  onTestFinished(async () => void (await admin.unsafe(`DROP OWNED BY ${user}; DROP ROLE ${user}`)));
  const url = urlOf(user, newPassword());
  await migrate(database.adminUrl, url);
  const name = new URL(database.adminUrl).pathname.slice(1);
  await admin.unsafe(`GRANT TEMPORARY ON DATABASE ${name} TO ${user}; GRANT CREATE ON SCHEMA public TO ${user}`);
  const told = await migrate(database.adminUrl, url);
  expect(told).toBe(
    `The login ${user} may still make tables of its own. As the owner of the database run: ` +
      `REVOKE TEMPORARY, CREATE ON DATABASE ${name} FROM PUBLIC, ${user}; REVOKE CREATE ON SCHEMA public FROM PUBLIC, ${user}`,
  );
  await admin.unsafe(told?.split('run: ')[1] ?? '');
  expect(await migrate(database.adminUrl, url)).toBeNull();
});

test('the application’s login is held by the guards; an owner, a superuser and who was granted too much are not', async () => {
  expect(await readRights(database.db)).toMatchObject({ isPastGuards: false });
  const owner = connect(database.adminUrl, { max: 1 });
  onTestFinished(() => owner.close());
  expect(await readRights(owner.db)).toMatchObject({ isPastGuards: true });
  // A login of its own: rights to set parameters hold for all databases, so other test files would meet them.
  const user = `login_${randomBytes(4).toString('hex')}`;
  onTestFinished(async () => void (await admin.unsafe(`DROP OWNED BY ${user}; DROP ROLE ${user}`)));
  const url = urlOf(user, newPassword());
  await migrate(database.adminUrl, url);
  const login = connect(url, { max: 1 });
  onTestFinished(() => login.close());
  expect(await readRights(login.db)).toMatchObject({ isPastGuards: false });
  for (const right of [
    'DELETE ON order_log',
    'UPDATE (amount) ON postings',
    'TRIGGER ON postings',
    'SET ON PARAMETER session_replication_role',
  ]) {
    await admin.unsafe(`GRANT ${right} TO ${user}`);
    expect(await readRights(login.db), right).toMatchObject({ isPastGuards: true });
    await admin.unsafe(`REVOKE ${right} FROM ${user}`);
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
  // It is found out as well when the database was away at the start.
  const port = await freePort();
  const later = new URL(database.adminUrl);
  const { hostname, port: realPort } = later;
  Object.assign(later, { hostname: '127.0.0.1', port: String(port) });
  const guards = await openGuards(later.href, testLog());
  const pool = connect(later.href, { max: 2, admit: guards.admit });
  onTestFinished(async () => {
    await pool.close();
    await guards.close();
  });
  const renamed = (name: string) => pool.db.execute(sql`UPDATE merchants SET name = ${name}`);
  await expect(renamed('while it was away')).rejects.toThrow();
  const forwarder = createServer((socket) => {
    const server = createConnection({ host: hostname, port: Number(realPort) });
    socket.pipe(server).pipe(socket);
    for (const end of [socket, server]) end.on('error', () => {});
  });
  onTestFinished(() => void forwarder.close());
  forwarder.listen(port, '127.0.0.1');
  // Not one statement gets through before it is known, however soon it comes.
  const attempts = await Promise.allSettled([
    ...Array.from({ length: 5 }, (_, n) => renamed(`attempt ${n}`)),
    pool.db.transaction((tx) => tx.execute(sql`UPDATE merchants SET name = 'in a transaction'`)),
  ]);
  expect(attempts.map(({ status }) => status)).toEqual(Array(6).fill('rejected'));
  await expect(guards.failed).rejects.toThrow('does not start');
  expect((await database.db.select().from(merchants)).map(({ name }) => name)).toEqual(['Live']);
  await admin`UPDATE api_keys SET revoked_at = now() WHERE id = ${row.id}`;
  await (await start()).stop();
});
