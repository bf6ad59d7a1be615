/** What is never in a log line, however it got there. */
import { expect, test } from 'vitest';
import { createApiKey } from '../../src/api/api-keys.ts';
import { createLog, redactLine } from '../../src/telemetry/log.ts';

const { key, id } = createApiKey('live', 'merchant');
const SECRET = key.slice('sk_live_'.length + 16);
const WEBHOOK_SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const DATABASE_URL = 'postgres://tranche:hunter2@db.internal:5432/tranche';

function linesOf(write: (log: ReturnType<typeof createLog>) => void): string {
  let lines = '';
  write(createLog({ LOG_LEVEL: 'debug' }, { write: (line) => (lines += line) }));
  for (const line of lines.trimEnd().split('\n')) JSON.parse(line);
  return lines;
}

test.each<[string, (log: ReturnType<typeof createLog>) => void]>([
  ['in the message', (log) => log.info(`${key} ${WEBHOOK_SECRET} ${DATABASE_URL}`)],
  ['deep in an object', (log) => log.info({ a: { b: [{ c: key, d: { e: WEBHOOK_SECRET, f: DATABASE_URL } }] } })],
  ['as the name of a field', (log) => log.info({ [key]: 1, [WEBHOOK_SECRET]: 2, [DATABASE_URL]: 3 })],
  [
    'in the cause of the cause of an error',
    (log) =>
      log.error({
        err: new Error('a', {
          cause: new Error('b', { cause: new Error(`${key} ${WEBHOOK_SECRET} ${DATABASE_URL}`) }),
        }),
      }),
  ],
  [
    'in what a driver adds to an error',
    (log) =>
      log.error({
        err: Object.assign(new Error('x'), { parameters: [key, WEBHOOK_SECRET], options: { url: DATABASE_URL } }),
      }),
  ],
  [
    'in JSON within JSON',
    (log) => log.info({ body: JSON.stringify({ inner: JSON.stringify({ key, WEBHOOK_SECRET, DATABASE_URL }) }) }),
  ],
  [
    'in the query of a URL',
    (log) => log.info(`GET /x?key=${key}&s=${WEBHOOK_SECRET}&db=${encodeURIComponent(DATABASE_URL)}`),
  ],
  ['without the prefix', (log) => log.info({ rest: SECRET })],
  ['in a header', (log) => log.info({ headers: { authorization: 'Basic xyz hunter2', 'x-api-key': key } })],
])('a secret %s', (_title, write) => {
  const lines = linesOf(write);
  for (const secret of [SECRET, WEBHOOK_SECRET.slice(6), 'hunter2']) expect(lines).not.toContain(secret);
});

test('whose key it was, which host, and everything that is no secret stay readable', () => {
  const fine = `${id} sk_live_0123456789abcdef http://localhost:3000/a?b=c@d ${'a'.repeat(64)} postgres://db.internal/tranche 12:30:00`;
  expect(redactLine(fine)).toBe(fine);
  expect(redactLine(key)).toBe(`${key.slice(0, 24)}[redacted]`);
  expect(redactLine(DATABASE_URL)).toBe('postgres://tranche:[redacted]@db.internal:5432/tranche');
});

test.each([
  ['%2F%2F%3A', ''],
  ['%2F%2Fuser%3A', '%40'],
  ['//user:', ''],
  ['//', ':'],
  ['sk_test_0123456789abcdef', ''],
  ['whsec_', ''],
  ['0123456789abcdef', 'x'],
])('a megabyte of %s is read in no time', (part, end) => {
  const hostile = part.repeat(Math.ceil(1_000_000 / part.length)) + end;
  const startedAt = performance.now();
  redactLine(hostile);
  expect(performance.now() - startedAt).toBeLessThan(200);
});

test('passwords of encoded URLs are found, one or several in a line', () => {
  const url = 'postgres%3A%2F%2Fapp%3Asecret%40db';
  expect(redactLine(`a ${url} b ${url}`)).not.toContain('secret');
  expect(redactLine(`a ${url} b`)).toBe('a postgres%3A%2F%2Fapp%3A[redacted]%40db b');
});
