/**
 * Compares orders, ledger and workflows, and says what is off and what to do about it:
 *
 *   npm run reconcile [-- --repair] [--paid <file> [--since <instant>]]
 *
 * --paid compares payouts with what the settlement paid: a file of lines <key>,<amount>,<currency>, whole since --since.
 * Changes nothing without --repair. Exits 0 when nothing was off, 1 when something was, 2 when it could not find out.
 */
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { connect } from '../db/client.ts';
import { StoredProofs } from '../proofs/stored-proofs.ts';
import { type Payments, readPayments } from '../reconcile/payments.ts';
import { reconcile, repair } from '../reconcile/reconcile.ts';
import { isClean, linesOf } from '../reconcile/report.ts';
import { readSecretsKey } from '../secrets-key.ts';
import { connectClient } from '../temporal/connection.ts';
import { createOrderSignals } from '../temporal/order-signals.ts';
import { connectForVerifying } from '../verify/connection.ts';
import { addressOf, reasonOf } from './running-instance.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  const { values } = parseArgs({
    options: {
      repair: { type: 'boolean', default: false },
      paid: { type: 'string' },
      since: { type: 'string' },
    },
  });
  const { repair: repairing, paid, since } = values;
  if (paid === undefined && since !== undefined)
    throw new Error('--since says since when the file of --paid is whole: give both');
  process.exitCode = await run(repairing, paid === undefined ? null : readPayments(paid, since));
} catch (error) {
  process.stderr.write(`Could not reconcile: ${reasonOf(error)}\n`);
  process.exitCode = 2;
}

async function run(repairing: boolean, payments: Payments | null): Promise<number> {
  const config = readConfig();
  const databaseUrl = addressOf(config, 'DATABASE_URL');
  const client = connectClient(addressOf(config, 'TEMPORAL_ADDRESS'), config.TEMPORAL_NAMESPACE);
  const reader = connectForVerifying(databaseUrl);
  const writer = connect(databaseUrl, { max: 2, applicationName: 'tranche-reconcile' });
  try {
    const { sections, toWake } = await reconcile(reader.db, client, config.TEMPORAL_TASK_QUEUE, payments);
    for (const line of linesOf(sections)) say(line);
    if (isClean(sections)) {
      say('Nothing is off.');
      return 0;
    }
    if (repairing) {
      const secretsKey = readSecretsKey(config);
      const signals = createOrderSignals(client, config.TEMPORAL_TASK_QUEUE, { secretsKey });
      const proofs = secretsKey && new StoredProofs(secretsKey);
      const done = await repair({ db: writer.db, signals, log: pino({ level: 'silent' }), proofs }, toWake);
      for (const line of done) say(`Repair: ${line}`);
      say(`Repair: ${done.length} done. Run npm run reconcile again to see what is left.`);
    }
    return 1;
  } finally {
    await reader.close();
    await writer.close();
    await client.connection.close();
  }
}
