/** docs/LIFECYCLE.md says what the tables say. After a change: `LIFECYCLE_WRITE=1 npx vitest run test/domain/lifecycle.test.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { REASONS } from '../../src/domain/outcomes.ts';
import { messageOf, withTables } from './support/lifecycle.ts';

const PATH = new URL('../../docs/LIFECYCLE.md', import.meta.url);

describe('docs/LIFECYCLE.md', () => {
  it('has the tables that the code is tested with', () => {
    const text = readFileSync(PATH, 'utf8');
    if (process.env.LIFECYCLE_WRITE) writeFileSync(PATH, withTables(text));
    expect(readFileSync(PATH, 'utf8')).toBe(withTables(text));
  });
  it.each(REASONS)('documents %s with its message', (reason) => {
    expect(readFileSync(PATH, 'utf8')).toContain(`| \`${reason}\` | ${messageOf(reason)} |`);
  });
});
