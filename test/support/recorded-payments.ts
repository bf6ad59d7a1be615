/**
 * A settlement that outlives the process that asks it: each payment is a file, which is made once, and each call a
 * line. Told to, it kills the asking process between the payment and its answer.
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, linkSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { referenceOf } from '../../src/settlement/mock.ts';
import { PermanentPortError, type SettlementPort } from '../../src/settlement/ports.ts';

const CALLS = 'calls.log';

export function recordedSettlement(folder: string, afterPayment: () => void = () => {}): SettlementPort {
  return {
    async pay({ key, amount, currency }) {
      appendFileSync(path.join(folder, CALLS), `${key}\n`);
      const file = path.join(folder, `${key}.json`);
      if (!existsSync(file)) {
        // Whole or not at all: the test reads it while it is made. Linking fails when somebody else was first.
        const draft = path.join(folder, `${key}.${randomUUID()}`);
        writeFileSync(draft, JSON.stringify({ amount, currency }));
        linkSync(draft, file);
        afterPayment();
      }
      const paid = read(folder, key);
      if (paid.amount !== amount || paid.currency !== currency) {
        throw new PermanentPortError(`Paid ${paid.amount} ${paid.currency} under this key before`);
      }
      return { reference: referenceOf(key) };
    },
  };
}

/** What was paid, by key, and how often each key was asked for. */
export function paymentsIn(folder: string) {
  const keys = readdirSync(folder).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -'.json'.length)] : []));
  const calls = existsSync(path.join(folder, CALLS))
    ? readFileSync(path.join(folder, CALLS), 'utf8').trim().split('\n')
    : [];
  return {
    payments: new Map(keys.map((key) => [key, read(folder, key)])),
    callsOf: (key: string) => calls.filter((one) => one === key).length,
  };
}

function read(folder: string, key: string): { amount: string; currency: string } {
  return JSON.parse(readFileSync(path.join(folder, `${key}.json`), 'utf8'));
}
