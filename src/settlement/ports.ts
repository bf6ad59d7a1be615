/**
 * The two ways in which money meets the world outside: paying out to merchants, and collecting from buyers. Adapters
 * implement them; Tranche brings a mock for test mode and none for live mode.
 */
import type { Amount, Currency } from '../domain/money.ts';
import type { Mode } from '../domain/terms.ts';

/** A payment out of Tranche, to the settlement destination of a payment intent. */
export interface Payment {
  /** The payout's id, the same over all tries and retries: whatever is paid under it must be paid once. */
  readonly key: string;
  readonly amount: Amount;
  readonly currency: Currency;
  readonly mode: Mode;
  readonly method: string;
  readonly destination: string;
}

export interface SettlementPort {
  /**
   * Pays, or answers again what was paid under this key before. Must never pay one key twice: a try whose answer was
   * lost is followed by another with the same key. Must refuse for good a key that was paid with another amount or to
   * another destination: a database that was restored to an earlier state has forgotten payments, and whoever repeats
   * the work may release another sum under the key of one.
   *
   * @param signal aborted when nobody waits for the answer any more
   * @throws PermanentPortError when another try cannot help; whatever else is thrown is tried again
   */
  pay(payment: Payment, signal: AbortSignal): Promise<{ readonly reference: string }>;
}

/** Money into Tranche, for a payment intent in full. */
export interface Funding {
  /** The intent's id, the same over all tries: whatever is collected under it must be collected once. */
  readonly key: string;
  readonly amount: Amount;
  readonly currency: Currency;
  readonly mode: Mode;
}

export interface FundingPort {
  /**
   * Resolves when the money is there, also when it was collected under this key before. Must never collect one key
   * twice: a try whose answer was lost is followed by another, until one of them says what became of it.
   *
   * @throws PermanentPortError when nothing was collected and another try cannot help; whatever else is thrown says
   *   nothing about the money and is tried again
   */
  collect(funding: Funding, signal: AbortSignal): Promise<void>;
  /**
   * Resolves when nothing of what was collected under this key is left, also when nothing ever was, or it was given
   * back before. A `collect` that is still under way, or comes later, must collect nothing; if it does all the same,
   * this is asked again.
   *
   * @throws whatever; it is tried again
   */
  giveBack(funding: Funding, signal: AbortSignal): Promise<void>;
}

/** How long a funding port is waited for. Shorter than a collection is left to whoever asks (src/db/fundings.ts). */
const FUNDING_TIMEOUT_MS = 10_000;

/** @throws what the port throws, or a time-out, which says nothing about the money */
export async function askFundingPort(
  port: FundingPort,
  what: 'collect' | 'giveBack',
  { key, amount, currency, mode }: Funding,
): Promise<void> {
  const giveUp = AbortSignal.timeout(FUNDING_TIMEOUT_MS);
  const late = new Promise<never>((_, reject) => giveUp.addEventListener('abort', () => reject(giveUp.reason)));
  await Promise.race([port[what]({ key, amount, currency, mode }, giveUp), late]);
}

/** The other side said no, and would again. The message is shown to the merchant. */
export class PermanentPortError extends Error {
  override readonly name = 'PermanentPortError';
}

/** Not now. The message is shown to the merchant. */
export class TemporaryPortError extends Error {
  override readonly name = 'TemporaryPortError';
}

/** One port of a kind for each mode; null: there is none. */
export type ByMode<Port> = Readonly<Record<Mode, Port | null>>;

/** Pays each payment through the port of its mode; refuses for good where there is none. */
export function settlementByMode(ports: ByMode<SettlementPort>): SettlementPort {
  return {
    async pay(payment, signal) {
      const port = ports[payment.mode];
      if (!port) throw new PermanentPortError(`No settlement adapter is configured for ${payment.mode} mode`);
      return port.pay(payment, signal);
    },
  };
}
