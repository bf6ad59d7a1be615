/** The search for secrets that ends each test run finds what is planted, and only that. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/api/api-keys.ts';
import { loggable } from '../../src/telemetry/loggable.ts';
import { scanRun } from '../support/scan-run.ts';
import { scanFiles, secretIn } from '../support/secret-scan.ts';
import { KNOWN_SECRETS_FILE } from '../support/test-log.ts';

const { key } = createApiKey('test', 'merchant');
const hackathonKey = createApiKey('test', 'merchant', 'sk_hackathon_').key;
const publicPart = key.slice(0, 'sk_test_'.length + 16);
const KNOWN = 'k3y/of+secrets==';
const folder = mkdtempSync(join(tmpdir(), 'tranche-scan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function planted(name: string, ...lines: string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

describe('finds', () => {
  test.each<[string, string, string]>([
    ['a key in plain text', `the key is ${key}.`, 'API key'],
    ['a key in JSON', JSON.stringify({ level: 30, headers: { 'x-api-key': key } }), 'API key'],
    ['a key in JSON within JSON', JSON.stringify({ body: JSON.stringify({ key }) }), 'API key'],
    ['a key in a URL', `GET /v1/payment-intents?api_key=${key}&limit=1`, 'API key'],
    ['a key behind Bearer', `authorization: Bearer ${hackathonKey}`, 'API key'],
    ['a key in capitals', key.toUpperCase().replace('SK_TEST_', 'sk_test_'), 'API key'],
    ['a key that is cut off, but not early enough', key.slice(0, publicPart.length + 8), 'API key'],
    ['a key without its prefix', JSON.stringify({ rest: key.slice(publicPart.length) }), 'secret of an API key'],
    [
      "a key in an error's cause",
      JSON.stringify(loggable(new Error('a', { cause: new Error(`bad key ${key}`) }))),
      'API key',
    ],
    [
      "a password in an error's cause",
      JSON.stringify(loggable(new Error('a', { cause: new Error('postgres://u:pw@h/d') }))),
      'password in a URL',
    ],
    ['a webhook secret', '{"secret":"whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"}', 'webhook secret'],
    ['a password in a percent-encoded URL', 'url=postgres%3A%2F%2Fuser%3Apw%40host%2Fdb', 'password in a URL'],
    ['a password of another protocol', 'redis://:pw@host', 'password in a URL'],
    ['a known secret', `decrypting with ${KNOWN}`, 'known secret'],
    ['a known secret, percent-encoded', `?key=${encodeURIComponent(KNOWN)}`, 'known secret'],
  ])('%s', (_title, text, kind) => {
    const path = planted('planted.log', '{"msg":"fine"}', text, '{"msg":"fine"}');
    expect(scanFiles([path], [KNOWN])).toEqual({ files: 1, lines: 3, findings: [{ file: path, line: 2, kind }] });
  });

  test('a key that npm start prints anywhere but where it is meant to', () => {
    const purposes = [
      `  API key       ${key}`,
      `    -H "X-API-Key: ${key}" -H "Content-Type: application/json" -X POST \\`,
    ];
    expect(scanFiles([planted('npm-start-1-out.output', ...purposes)], []).findings).toEqual([]);
    expect(scanFiles([planted('api-1-out.output', ...purposes)], []).findings.length).toBe(2);
    expect(scanFiles([planted('npm-start-2-out.output', `key ${key}`)], []).findings.length).toBe(1);
  });
});

test.each([
  publicPart,
  `${publicPart}…`,
  `${publicPart}[redacted]`,
  `key_${publicPart.slice(8)}`,
  'postgres://db.internal:5432/tranche',
  'postgres://tranche:[redacted]@db.internal:5432/tranche',
  'http://localhost:3000/v1/x?mail=ann@example.com',
  'whsec_[redacted]',
  'a'.repeat(64),
])('lets pass what is public: %s', (text) => {
  expect(secretIn(text, [KNOWN])).toBeNull();
});

describe('a run', () => {
  planted(KNOWN_SECRETS_FILE, KNOWN, '');

  test('fails for a secret, and its message does not show it', () => {
    const path = planted('run.log', `a\n${key}`);
    expect(() => scanRun(folder, 1)).toThrow(`API key in ${path}, line 2`);
    expect(() => scanRun(folder, 1)).not.toThrow(key.slice(publicPart.length));
    rmSync(folder, { recursive: true });
  });

  test('of all tests fails when little was logged; a run of one file may log little', () => {
    const quiet = mkdtempSync(join(tmpdir(), 'tranche-scan-'));
    writeFileSync(join(quiet, KNOWN_SECRETS_FILE), '');
    writeFileSync(join(quiet, 'a.log'), 'x\n'.repeat(100));
    expect(() => scanRun(quiet, 90)).toThrow('Only 100 lines were logged by 90 test files');
    expect(scanRun(quiet, 1)).toEqual({ files: 1, lines: 100, findings: [] });
    rmSync(quiet, { recursive: true });
  });
});
