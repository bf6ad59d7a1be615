/**
 * Finishes collections that nobody is at any more: the process that asked died, its port gave no answer, the order could
 * not be told, or the intent was cancelled meanwhile.
 */
import { typeid } from 'typeid-js';
import type { Database } from '../db/client.ts';
import {
  type DueFunding,
  keepFundingError,
  recordCollected,
  recordRefused,
  recordReturned,
  replaceFundingCommand,
  takeDueFundings,
} from '../db/fundings.ts';
import { storeCommand } from '../db/queries.ts';
import { countDue } from '../db/sweeps.ts';
import { type StoredProofs, withProofs } from '../proofs/stored-proofs.ts';
import { askFundingPort, type ByMode, type FundingPort, PermanentPortError } from '../settlement/ports.ts';
import type { Sweep, SweeperDependencies } from './sweeping.ts';

const FUNDINGS_AT_ONCE = 16;

/** Takes one step with some collections that are due; what went wrong with one of them is tried again later. */
export async function sweepFundings(
  { db, log, proofs, onUnproven }: Pick<SweeperDependencies, 'db' | 'log' | 'proofs' | 'onUnproven'>,
  funding: ByMode<FundingPort>,
): Promise<Sweep> {
  const taken = await takeDueFundings(db, FUNDINGS_AT_ONCE);
  const due = taken.filter((one) => {
    // Its money goes back whoever wrote the row: the guards have seen that its intent is cancelled.
    if (proofs === null || one.status === 'RETURNING') return true;
    if (proofs.proveFunding({ ...one, intentId: one.key })) return true;
    log.error({ paymentIntentId: one.key }, 'a collection has no proof of this service and is left alone');
    onUnproven?.();
    return false;
  });
  await Promise.all(
    due.map((row) =>
      step(db, funding[row.mode], row, proofs).catch(async (error: unknown) => {
        log.warn({ err: error, paymentIntentId: row.key, funding: row.status }, 'funding not finished, trying again');
        await keepFundingError(db, row.key, String(error)).catch(() => {});
      }),
    ),
  );
  return { done: due.length, left: taken.length < FUNDINGS_AT_ONCE ? 0 : await countDue(db, 'fundings') };
}

async function step(
  db: Database,
  port: FundingPort | null,
  due: DueFunding,
  proofs: StoredProofs | null,
): Promise<void> {
  if (!port) throw new Error(`No funding adapter is configured for ${due.mode} mode`);
  if (due.status === 'RETURNING') {
    await askFundingPort(port, 'giveBack', due);
    return recordReturned(db, due.key);
  }
  try {
    // Also what is collected already: a row says so, but the port knows. It collects once under a key.
    await askFundingPort(port, 'collect', due);
  } catch (error) {
    if (!(error instanceof PermanentPortError) || due.status === 'COLLECTED') throw error;
    return recordRefused(db, due.key, error.message);
  }
  await recordCollected(db, due.key);
  await tell(db, due, proofs);
}

/** Stores the order's command, which is then sent until it has an outcome. */
async function tell(db: Database, due: DueFunding, proofs: StoredProofs | null): Promise<void> {
  if (due.command.type !== 'order.fund') throw new Error(`The funding of ${due.key} holds no order.fund`);
  // Closes it where its intent was decided before the money was recorded.
  if (due.intentStatus !== 'INITIATED') return recordCollected(db, due.key);
  const { key: intentId, orderId, merchantId, mode, idempotencyKey, fingerprint } = due;
  // Refused by no rule, or the intent would not be undecided: something was broken, and may be mended by now.
  const command = due.isRejected ? { ...due.command, id: typeid('cmd').toString() } : due.command;
  if (due.isRejected) {
    const proof = proofs?.ofFunding({ intentId, orderId, command, idempotencyKey, fingerprint }) ?? null;
    await replaceFundingCommand(db, intentId, command, proof);
  }
  const { role } = command.actor;
  const claim = due.isRejected ? {} : { idempotencyKey, fingerprint };
  const row = { commandId: command.id, merchantId, mode, role, orderId, payload: command, open: true, ...claim };
  await storeCommand(db, withProofs(row, proofs));
}
