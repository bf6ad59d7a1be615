/**
 * Checks every order, its ledger and its log; changes nothing:
 *
 *   npm run verify
 *
 * Exits 0 when all holds, 1 when something does not, 2 when it could not find out.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from './config.ts';
import { connectForVerifying } from './verify/connection.ts';
import { summaryLines } from './verify/report.ts';
import { verify } from './verify/verify.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  const { db, close } = connectForVerifying(databaseUrl());
  try {
    const report = await verify(db, { log: say });
    for (const line of summaryLines(report)) say(line);
    process.exitCode = report.holds ? 0 : 1;
  } finally {
    await close();
  }
} catch (error) {
  process.stderr.write(`Could not verify: ${reasonOf(error)}\n`);
  process.exitCode = 2;
}

/** Set, or that of the `npm start` that runs in this home. */
function databaseUrl(): string {
  const { DATABASE_URL, TRANCHE_HOME } = readConfig();
  if (DATABASE_URL) return DATABASE_URL;
  const devFile = join(TRANCHE_HOME, 'dev.json');
  if (!existsSync(devFile))
    throw new Error(`DATABASE_URL is not set, and there is no ${devFile}: Tranche does not run here (npm start).`);
  const { databaseUrl: url } = JSON.parse(readFileSync(devFile, 'utf8')) as { databaseUrl?: unknown };
  if (typeof url !== 'string') throw new Error(`${devFile} names no databaseUrl.`);
  return url;
}

/** What the driver says is the cause; what the ORM wraps around it is a whole statement. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('; ');
  return cause instanceof Error ? cause.message : String(cause);
}
