/** Where a request comes from, behind proxies and without. */
import { describe, expect, test } from 'vitest';
import { networkOf, type TrustedProxies } from '../../src/api/client-network.ts';
import { readConfig } from '../../src/config.ts';
import { testDatabase } from '../support/database.ts';
import { startApi, unusedGateway } from './api-server.ts';

const { db } = await testDatabase();
const LIST = '/v1/payment-intents';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80::/64'],
  ['::1', '::/64'],
  ['', null],
  ['unknown', null],
  ['192.0.2.7:443', null],
  ['192.0.2.7, 192.0.2.8', null],
])('the network of %j is %j', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

describe('failures to authenticate count', () => {
  /** Fails twice, as often as it may, from the first, and answers how the second fares. */
  async function statusOf(trustedProxies: TrustedProxies, [first, second]: [string, string]): Promise<number> {
    const api = await startApi(db, unusedGateway, { authFailuresPerMinute: 2, trustedProxies });
    const from = async (address: string) =>
      (await api.send('GET', LIST, { key: 'nonsense', headers: { 'X-Forwarded-For': address } })).status;
    expect([await from(first), await from(first)]).toEqual([403, 403]);
    return from(second);
  }

  test.each<[string, TrustedProxies, [string, string], number]>([
    ['a made-up X-Forwarded-For changes nothing', false, ['192.0.2.1', '192.0.2.2'], 429],
    ['one client behind a trusted proxy does not hold up another', 1, ['192.0.2.1', '192.0.2.2'], 403],
    ['the same one is held up', 1, ['192.0.2.1', '192.0.2.1'], 429],
    [
      'by what the proxy added last, not by what the client wrote before',
      1,
      ['10.9.8.7, 192.0.2.1', '10.1.1.1, 192.0.2.1'],
      429,
    ],
    ['a proxy is trusted by its network', ['127.0.0.0/8'], ['192.0.2.1', '192.0.2.2'], 403],
    ['a proxy that is not listed is not trusted', ['10.0.0.0/8'], ['192.0.2.1', '192.0.2.2'], 429],
    ['a network of IPv6 as one', 1, ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9'], 429],
    ['another network of IPv6 apart', 1, ['2001:db8:1:2::1', '2001:db8:1:3::1'], 403],
    ['nonsense of a proxy as the proxy itself', 1, ['unknown', 'something else'], 429],
  ])('%s', async (_title, trustedProxies, addresses, status) => {
    expect(await statusOf(trustedProxies, addresses)).toBe(status);
  });
});

describe('TRUST_PROXY', () => {
  test.each<[string, TrustedProxies | undefined]>([
    ['', undefined],
    ['1', 1],
    ['loopback, 10.0.0.0/8', ['loopback', '10.0.0.0/8']],
    ['2001:db8::/32,192.0.2.1', ['2001:db8::/32', '192.0.2.1']],
  ])('%j is read', (text, trusted) => {
    expect(readConfig({ TRUST_PROXY: text }).TRUST_PROXY).toEqual(trusted);
  });

  test.each(['true', '0', '-1', '11', '1.5', '10.0.0', '10.0.0.0/33', 'example.com', 'loopback,', '*'])(
    '%j is refused',
    (text) => {
      expect(() => readConfig({ TRUST_PROXY: text })).toThrow(/TRUST_PROXY=.*must be a number of proxies/);
    },
  );
});

test('a setting that holds a secret is not shown when it cannot be used', () => {
  const read = () => readConfig({ DATABASE_URL: '//user:hunter2@host', PORT: 'x' });
  expect(read).toThrow(/DATABASE_URL=\(not shown\)[\s\S]*PORT=x/);
  expect(read).not.toThrow(/hunter2/);
});
