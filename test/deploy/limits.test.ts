/** The table of bounds in docs/OPERATIONS.md says what the code does, and each bound has the test that it names. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const DOCS = new URL('../../docs/', import.meta.url);
const page = readFileSync(new URL('OPERATIONS.md', DOCS), 'utf8');
const section = page.split('### Bounds of work\n')[1]?.split(/\n#|\n`\/livez`/)[0] ?? '';
const rows = section
  .split('\n')
  .filter((line) => /^\| .*\]\(/.test(line))
  .map((line) => line.slice(2, -2).split(' | '));

/** "10 000", "224 KiB". */
function numberOf(text: string): number {
  const [, digits = '', unit] = /^([0-9 ]*[0-9])( KiB)?$/.exec(text) ?? [];
  return Number(digits.replaceAll(' ', '')) * (unit ? 1_024 : 1);
}

const linkOf = (cell = '') => /^\[`?([^`\]]+)`?\]\(([^)]+)\)$/.exec(cell)?.slice(1) ?? [];

/** What the code says: a constant that a module exports, or a part of one. */
async function constant(name: string, file: string): Promise<unknown> {
  const exported: unknown = await import(new URL(file, DOCS).href);
  return name.split('.').reduce<unknown>((value, part) => Reflect.get(Object(value), part), exported);
}

test.each(rows)('%s: %s', async (_what, value, code, _beyond, named) => {
  const [name = '', file = ''] = linkOf(code);
  expect(await constant(name, file)).toBe(numberOf(value ?? ''));
  const [, testFile = ''] = linkOf(named);
  expect(existsSync(new URL(testFile, DOCS)), `${testFile} is there`).toBe(true);
  // By its name, or by its figure.
  const text = readFileSync(new URL(testFile, DOCS), 'utf8');
  const figure = new RegExp(
    `\\b${numberOf(value ?? '')
      .toLocaleString('en')
      .replaceAll(',', '_')}\\b`,
  );
  expect(text.includes(name.split('.')[0] ?? '') || figure.test(text), `${testFile} is about ${name}`).toBe(true);
});

test('the table has every bound of work that the code exports', () => {
  const listed = new Set(rows.map(([, , code]) => linkOf(code)[0]?.split('.')[0]));
  const source = new URL('../../src/', import.meta.url);
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const bounds = files.flatMap((file) =>
    [
      ...readFileSync(new URL(file, source), 'utf8').matchAll(
        /^export const ([A-Z_]*(?:MAX|LIMIT|_ROWS|_PAGE)[A-Z_]*)\b/gm,
      ),
    ].map(([, name]) => name),
  );
  expect(bounds.length).toBeGreaterThan(20);
  // Of what people write and choose, which is told where the fields are, and what a report lists.
  const ofFields = /^(DESCRIPTION|TEXT|METADATA|PERIOD|DISPUTE_WINDOW|EXTENSION|OVERLAP)_|MAX_(INSTANT|VIOLATIONS)/;
  expect(bounds.filter((name) => !listed.has(name) && !ofFields.test(name ?? ''))).toEqual([]);
});
