/** Escrow orders: the money of a payment intent, until it is released or given back. */
import { asIs, type CallOptions, type ChangeOptions, type Connection, type ListOptions } from '../connection.ts';
import type { EscrowOrder, LedgerTransaction, TimelineEntry } from '../types.ts';

const ESCROW = '/v1/payment-intents/{intentId}/escrow';

export class EscrowOrders {
  readonly #connection: Connection;
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** With its milestones. */
  get(intentId: string, options: CallOptions = {}): Promise<EscrowOrder> {
    const init = { params: { path: { intentId } }, signal: options.signal ?? null };
    // openapi-fetch's types leave out fields that are always null.
    return this.#connection.read(this.#connection.http.GET(ESCROW, init), ({ data }) => data as EscrowOrder);
  }

  /** Gives unallocated money back to the buyer; without `amount` all of it. */
  refund<Options extends ChangeOptions = object>(
    intentId: string,
    body: { amount?: string; reason?: string } = {},
    options?: Options,
  ) {
    const path = { intentId };
    return this.#connection.change(
      options,
      ({ header, signal }) =>
        this.#connection.http.POST(`${ESCROW}/refund`, { params: { path, header }, body, signal }),
      asIs,
    );
  }

  /** Closes the order and gives back what was not released. */
  cancel<Options extends ChangeOptions = object>(intentId: string, body: { reason?: string } = {}, options?: Options) {
    const path = { intentId };
    return this.#connection.change(
      options,
      ({ header, signal }) =>
        this.#connection.http.POST(`${ESCROW}/cancel`, { params: { path, header }, body, signal }),
      asIs,
    );
  }

  /** What happened to the order, oldest first, refused and held commands included. */
  timeline(intentId: string, options: ListOptions = {}): AsyncGenerator<TimelineEntry> {
    return this.#connection.list(options, (query, signal) =>
      this.#connection.http.GET(`${ESCROW}/timeline`, { params: { path: { intentId }, query }, signal }),
    );
  }

  /** Every movement of the order's money, oldest first. */
  ledger(intentId: string, options: ListOptions = {}): AsyncGenerator<LedgerTransaction> {
    return this.#connection.list(options, (query, signal) =>
      this.#connection.http.GET(`${ESCROW}/ledger`, { params: { path: { intentId }, query }, signal }),
    );
  }

  /** In test mode: lets the order's clock run ahead, and answers when everything that expired by it is done. */
  advanceClock<Options extends ChangeOptions = object>(intentId: string, seconds: number, options?: Options) {
    const path = { intentId };
    return this.#connection.change(
      options,
      ({ header, signal }) =>
        this.#connection.http.POST(`${ESCROW}/advance-clock`, { params: { path, header }, body: { seconds }, signal }),
      asIs,
    );
  }
}
