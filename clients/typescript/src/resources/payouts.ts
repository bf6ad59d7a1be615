/** Payouts: what becomes of released money. */
import { type CallOptions, type ChangeOptions, type Connection, dataOf, type ListOptions } from '../connection.ts';
import type { Balance, Payout } from '../types.ts';

const PAYOUTS = '/v1/payouts';
const PAYOUT = '/v1/payouts/{payoutId}';

export interface PayoutFilter extends ListOptions {
  readonly status?: Payout['status'] | undefined;
}

export class Payouts {
  readonly #connection: Connection;
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The latest first. */
  list(options: PayoutFilter = {}): AsyncGenerator<Payout> {
    const { status } = options;
    return this.#connection.list(options, (page, signal) =>
      this.#connection.http.GET(PAYOUTS, { params: { query: { ...page, ...(status && { status }) } }, signal }),
    );
  }

  get(payoutId: string, options: CallOptions = {}): Promise<Payout> {
    const init = { params: { path: { payoutId } }, signal: options.signal ?? null };
    return this.#connection.read(this.#connection.http.GET(PAYOUT, init), dataOf);
  }

  /** Tries a failed one again. Safe also where it may have been paid. */
  retry<Options extends ChangeOptions = object>(payoutId: string, options?: Options) {
    const path = { payoutId };
    return this.#connection.change(
      options,
      ({ header, signal }) => this.#connection.http.POST(`${PAYOUT}/retry`, { params: { path, header }, signal }),
      dataOf,
    );
  }

  /** What the merchant has, by currency. */
  balance(options: CallOptions = {}): Promise<Balance[]> {
    return this.#connection.read(this.#connection.http.GET('/v1/balance', { signal: options.signal ?? null }), dataOf);
  }
}
