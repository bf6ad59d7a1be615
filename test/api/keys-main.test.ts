/** `npm run keys`, as whoever runs the service uses it. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SECRETS_TEXT } from '../support/secrets.ts';
import { recordOutput } from '../support/test-log.ts';
import { expectError, startEdge } from './edge.ts';

const MAIN = fileURLToPath(new URL('../../src/main/keys-main.ts', import.meta.url));
const { api, intentId, url } = await startEdge();
let home = '';
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tranche-keys-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

function keys(
  args: string[],
  environment: Record<string, string> = { DATABASE_URL: url, SECRETS_KEY: SECRETS_TEXT },
): Promise<Ended> {
  const env = { ...process.env, DATABASE_URL: '', TRANCHE_HOME: home, ...environment };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['--import', 'tsx', MAIN, ...args], { env }, (_, output, errors) => {
      // Its output shows keys on purpose, to the person who asked for them.
      recordOutput('keys', errors);
      resolve({ code: child.exitCode ?? -1, output, errors });
    });
  });
}

async function created(...args: string[]): Promise<{ id: string; key: string; merchantId: string }> {
  const { code, output, errors } = await keys(['create', ...args]);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  const [, merchantId = '', id = '', key = ''] =
    /^Merchant (\S+)\nRole {5}\w+\nKey id {3}(\S+)\nAPI key {2}(\S+)\nThe key is shown this once/.exec(output) ?? [];
  return { id, key, merchantId };
}

const statusOf = async (key: string) => (await api.send('GET', '/v1/payment-intents', { key })).status;

describe('keys', () => {
  test('create makes a merchant with a key, and more keys for one that is there', async () => {
    const first = await created('--merchant', 'Acme');
    expect(first.merchantId).toMatch(/^merchant_/);
    expect(await statusOf(first.key)).toBe(200);
    const second = await created('--merchant-id', first.merchantId, '--role', 'operator', '--mode', 'live');
    expect([second.merchantId, second.key.slice(0, 8)]).toEqual([first.merchantId, 'sk_live_']);
    const { output } = await keys(['list', '--merchant-id', first.merchantId]);
    expect(output).toContain(`${first.id}\t…${first.key.slice(-4)}\t${first.merchantId}\tAcme\ttest\tmerchant`);
    expect(output).toContain(`${second.id}\t`);
    expect(output).not.toContain(first.key.slice(24, 60));
  });

  test('create gives a merchant’s key the scope to manage keys, and list shows it with its name', async () => {
    const manager = await created('--merchant', 'Managing', '--scope', 'keys', '--name', 'Vault');
    const made = await api.send('POST', '/v1/api-keys', { body: { role: 'merchant', name: 'Shop' }, key: manager.key });
    expect([made.status, made.json.data.createdBy]).toEqual([201, manager.id]);
    const plain = await created('--merchant-id', manager.merchantId);
    expectError(await api.send('GET', '/v1/api-keys', { key: plain.key }), 403, {});
    const { output } = await keys(['list', '--merchant-id', manager.merchantId]);
    expect(output).toMatch(new RegExp(`^${manager.id}\t.*\tVault\tkeys\t\t`, 'm'));
    expect(output).toMatch(new RegExp(`^${made.json.id}\t.*\tShop\t\t${manager.id}\t`, 'm'));
  });

  test('create binds a buyer to an order of the merchant', async () => {
    const orderId = (await api.send('GET', `/v1/payment-intents/${intentId}/escrow`)).json.id;
    const args = ['--merchant-id', 'merchant_test', '--role', 'buyer', '--order'];
    const { key } = await created(...args, orderId, '--expires-in-days', '2');
    expect((await api.send('GET', `/v1/payment-intents/${intentId}`, { key })).status).toBe(200);
    expectError(await api.send('GET', '/v1/api-keys', { key }), 403, {});
    const refused = await keys(['create', ...args, 'escrow_order_nope']);
    expect([refused.code, refused.errors]).toEqual([1, expect.stringContaining('has no escrow order')]);
  });

  test('rotate and revoke take effect, and name what they cannot do', async () => {
    const { id, key } = await created('--merchant', 'Rotating');
    const rotated = await keys(['rotate', id, '--overlap-seconds', '0']);
    expect(rotated.code).toBe(0);
    const [, newId = '', newKey = ''] = /^Key id {3}(\S+)\nAPI key {2}(\S+)/.exec(rotated.output) ?? [];
    expect([await statusOf(key), await statusOf(newKey)]).toEqual([403, 200]);
    expect((await keys(['revoke', newId])).code).toBe(0);
    expect((await keys(['rotate', newId])).errors).toContain('has ended or was rotated already');
    expect((await keys(['revoke', 'key_nope'])).errors).toContain('There is no API key key_nope');
  });

  test('without DATABASE_URL the database is that of the npm start that runs here', async () => {
    expect(await keys(['list'], {})).toMatchObject({ code: 1, errors: expect.stringContaining('DATABASE_URL') });
    await writeFile(path.join(home, 'dev.json'), JSON.stringify({ databaseUrl: url }));
    expect((await keys(['list'], {})).code).toBe(0);
  });

  test('a key without a proof says so when it is made, is listed so, refused and not rotated', async () => {
    const bare = { DATABASE_URL: url, SECRETS_KEY: '' };
    const { output } = await keys(['create', '--merchant', 'Unproven'], bare);
    expect(output).toContain('SECRETS_KEY is not set, so the key has no proof');
    const [, id = '', key = ''] = /Key id {3}(\S+)\nAPI key {2}(\S+)/.exec(output) ?? [];
    expect(await statusOf(key)).toBe(403);
    expect((await keys(['list'])).output).toMatch(new RegExp(`^${id}\t.*\tnot proven, in force\t`, 'm'));
    expect((await keys(['rotate', id])).errors).toContain('has no proof of this service');
  });

  test('the secret of the npm start that runs here proves what is made in its database', async () => {
    await writeFile(path.join(home, 'dev.json'), JSON.stringify({ databaseUrl: url }));
    await writeFile(path.join(home, 'secrets.key'), `${SECRETS_TEXT}\n`);
    const { output } = await keys(['create', '--merchant', 'At home'], { SECRETS_KEY: '' });
    expect(await statusOf(/API key {2}(\S+)/.exec(output)?.[1] ?? '')).toBe(200);
  });

  test.each([
    [[], 'Which command?'],
    [['destroy'], 'no command "destroy"'],
    [['create'], 'needs --merchant'],
    [['create', '--merchant', 'A', '--scope', 'all'], '--scope is one of keys'],
    [['create', '--merchant', 'A', '--role', 'buyer', '--scope', 'keys'], '--scope is for the role merchant'],
    [['create', '--merchant', 'A', '--mode', 'prod'], '--mode is one of test, live'],
    [['create', '--merchant', 'A', '--role', 'system'], '--role is one of'],
    [['create', '--merchant', 'A', '--expires-in-days', 'soon'], '--expires-in-days is a whole number'],
    [['create', '--merchant', 'A', '--order', 'x'], '--order is for the roles buyer and arbiter'],
    [['create', '--merchant', 'A', '--colour', 'red'], '--colour'],
    [['rotate'], 'takes one key id'],
    [['rotate', 'key_x', '--overlap-seconds', '-1'], '--overlap-seconds'],
    [['list', 'everything'], 'takes only options'],
  ])('%j is a usage error', async (args, said) => {
    const { code, output, errors } = await keys(args, {});
    expect([code, output]).toEqual([2, '']);
    expect(errors).toContain(said);
    expect(errors).toContain('Usage:');
  });
});
