/**
 * Checks every order, its ledger and its log; changes nothing:
 *
 *   npm run verify
 *
 * Exits 0 when all holds, 1 when something does not, 2 when it could not find out.
 */
import { readConfig } from '../config.ts';
import { connectForVerifying } from '../verify/connection.ts';
import { summaryLines } from '../verify/report.ts';
import { verify } from '../verify/verify.ts';
import { addressOf, reasonOf } from './running-instance.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  const { db, close } = connectForVerifying(addressOf(readConfig(), 'DATABASE_URL'));
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
