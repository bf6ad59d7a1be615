import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminOf } from '../support/admin.ts';
import { testDatabase } from '../support/database.ts';
import { recordOutput } from '../support/test-log.ts';
import { withDatabase } from '../support/urls.ts';

const MAIN = fileURLToPath(new URL('../../src/main/verify-main.ts', import.meta.url));

const database = await testDatabase();
const admin = adminOf(database);
let home = '';
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tranche-verify-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

function runMain(environment: Record<string, string>): Promise<Ended> {
  const env = { ...process.env, DATABASE_URL: '', TRANCHE_HOME: home, ...environment };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['--import', 'tsx', MAIN], { env }, (_, output, errors) => {
      recordOutput('verify', output + errors);
      resolve({ code: child.exitCode ?? -1, output, errors });
    });
  });
}

describe('verify exits with', () => {
  test('0 and the counts when all holds', async () => {
    const { code, output, errors } = await runMain({ DATABASE_URL: database.url });
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toMatch(/^Checked everything: 0 orders, 0 log entries, .*\nAll [0-9]+ rules hold\.\n$/);
  });

  test('0 too when the database is that of the service running in TRANCHE_HOME', async () => {
    await writeFile(path.join(home, 'dev.json'), JSON.stringify({ databaseUrl: database.url }));
    const { code } = await runMain({});
    await rm(path.join(home, 'dev.json'));
    expect(code).toBe(0);
  });

  test('1 and a line for each violation when something does not hold', async () => {
    await admin`INSERT INTO ledger_accounts VALUES ('external/test/USDC', 'external', 'world', 'test', 'USDC', -5)`;
    const { code, output } = await runMain({ DATABASE_URL: database.url });
    await admin.unsafe(
      'SET session_replication_role = replica; DELETE FROM ledger_accounts; RESET session_replication_role',
    );
    expect(code).toBe(1);
    expect(output.split('\n')).toEqual([
      'V3_zero_sum sum of balances, test USDC: expected 0.00, found -5.00',
      'V3_balance balance of external/test/USDC: expected 0.00, found -5.00',
      expect.stringContaining(' 1 accounts, '),
      '2 violations.',
      '',
    ]);
  });

  test('2 and a reason when it cannot find out', async () => {
    const withoutDatabase = await runMain({});
    expect(withoutDatabase).toMatchObject({ code: 2, output: '' });
    expect(withoutDatabase.errors).toContain(`DATABASE_URL is not set, and there is no ${path.join(home, 'dev.json')}`);

    const notThere = await runMain({ DATABASE_URL: withDatabase(database.url, 'no_such_database') });
    expect(notThere).toMatchObject({
      code: 2,
      errors: 'Could not verify: database "no_such_database" does not exist\n',
    });

    const notMigrated = await runMain({ DATABASE_URL: withDatabase(database.adminUrl, 'postgres') });
    expect(notMigrated.code).toBe(2);
    expect(notMigrated.errors).toContain('does not exist');
  });
});
