/**
 * The other side, played: pays and funds at once, and misbehaves on demand. It moves no money.
 *
 * A settlement destination says how it behaves, so that it can be tried over HTTP:
 *
 *   fail_always  fail_2_times     fails for the moment, each time or the first times; then it pays
 *   hang_always  hang_1_time      does not answer
 *   decline      decline_1_time   refuses for good; a retry is a new try
 *   answer_twice                  pays, but its first answer is lost; the second try is told of the same payment
 *
 * Anything else is paid. A reference follows from its key, so every process answers the same. Tries are counted in
 * memory: another process, or the same after a restart, begins to count anew.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import {
  type FundingPort,
  type Payment,
  PermanentPortError,
  type SettlementPort,
  TemporaryPortError,
} from './ports.ts';

export interface MockSettlement extends SettlementPort {
  /** How often this process was asked to pay the key. */
  callsOf(key: string): number;
  /** How often this process paid it: never more than once. */
  paymentsOf(key: string): number;
}

interface KeyState {
  calls: number;
  payments: number;
  /** What was paid under the key; null: nothing yet. */
  paid: string | null;
}

const REMEMBERED_KEYS = 10_000;
const BEHAVIOUR = /^(fail|hang|decline)(?:_(always)|_([1-9][0-9]{0,3})_times?)?$/;

export function createMockSettlement(): MockSettlement {
  const states = new LRUCache<string, KeyState>({ max: REMEMBERED_KEYS });
  return {
    async pay(payment, signal) {
      const state = states.get(payment.key) ?? { calls: 0, payments: 0, paid: null };
      states.set(payment.key, state);
      state.calls++;
      await misbehave(payment, state, signal);
      const asked = `${payment.amount} ${payment.currency} to ${payment.destination}`;
      if (state.paid !== null && state.paid !== asked) {
        throw new PermanentPortError(`The mock has paid ${state.paid} under this key, not ${asked}`);
      }
      if (state.payments === 0) state.payments++;
      state.paid = asked;
      if (payment.destination === 'answer_twice' && state.calls === 1) {
        throw new TemporaryPortError('The mock paid, but its answer was lost');
      }
      return { reference: referenceOf(payment.key) };
    },
    callsOf: (key) => states.get(key)?.calls ?? 0,
    paymentsOf: (key) => states.get(key)?.payments ?? 0,
  };
}

/** What the mock calls a payment. */
export function referenceOf(key: string): string {
  return `mock_${createHash('sha256').update(key).digest('hex').slice(0, 24)}`;
}

async function misbehave({ destination }: Payment, { calls }: KeyState, signal: AbortSignal): Promise<void> {
  const [, verb, always, times] = BEHAVIOUR.exec(destination) ?? [];
  if (verb === undefined) return;
  const isOver = always === undefined && times !== undefined && calls > Number(times);
  if (isOver) return;
  if (verb === 'hang') await aborted(signal);
  if (verb === 'decline') throw new PermanentPortError(`The mock declined the payment (${destination})`);
  throw new TemporaryPortError(`The mock failed (${destination}, call ${calls})`);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(new TemporaryPortError('The mock was not waited for'));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

/** Has every buyer's money at once, and back again. */
export const mockFunding: FundingPort = { collect: async () => {}, giveBack: async () => {} };
