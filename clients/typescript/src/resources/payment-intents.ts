/** Payment intents: what a buyer is to pay. */
import { type CallOptions, type ChangeOptions, type Connection, dataOf, type ListOptions } from '../connection.ts';
import type { ConfirmPaymentIntent, CreatePaymentIntent, PaymentIntent } from '../types.ts';

const INTENTS = '/v1/payment-intents';
const INTENT = '/v1/payment-intents/{intentId}';

export interface PaymentIntentFilter extends ListOptions {
  readonly status?: PaymentIntent['status'] | undefined;
  /** ISO 8601; inclusive. */
  readonly createdFrom?: string | undefined;
  /** ISO 8601; exclusive. */
  readonly createdBefore?: string | undefined;
}

export class PaymentIntents {
  readonly #connection: Connection;
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** With `metadata: { releaseType: 'MILESTONE_LOCKED' }` its escrow order is paid milestone by milestone. */
  create(body: CreatePaymentIntent, options?: Omit<ChangeOptions, 'wait' | 'commandWaitMs'>): Promise<PaymentIntent> {
    const { http } = this.#connection;
    return this.#connection.change(
      options,
      ({ header, signal }) => http.POST(INTENTS, { params: { header }, body, signal }),
      dataOf,
    );
  }

  get(intentId: string, options: CallOptions = {}): Promise<PaymentIntent> {
    const init = { params: { path: { intentId } }, signal: options.signal ?? null };
    return this.#connection.read(this.#connection.http.GET(INTENT, init), dataOf);
  }

  /** The latest first. */
  list(options: PaymentIntentFilter = {}): AsyncGenerator<PaymentIntent> {
    const { status, createdFrom, createdBefore } = options;
    const filter = {
      ...(status && { status }),
      ...(createdFrom !== undefined && { 'created[gte]': createdFrom }),
      ...(createdBefore !== undefined && { 'created[lt]': createdBefore }),
    };
    return this.#connection.list(options, (page, signal) =>
      this.#connection.http.GET(INTENTS, { params: { query: { ...filter, ...page } }, signal }),
    );
  }

  /** Funds the escrow order in full. */
  confirm<Options extends ChangeOptions = object>(
    intentId: string,
    body: ConfirmPaymentIntent = {},
    options?: Options,
  ) {
    const path = { intentId };
    return this.#connection.change(
      options,
      ({ header, signal }) =>
        this.#connection.http.POST(`${INTENT}/confirm`, { params: { path, header }, body, signal }),
      dataOf,
    );
  }

  /** While it is not funded. */
  cancel<Options extends ChangeOptions = object>(intentId: string, body: { reason?: string } = {}, options?: Options) {
    const path = { intentId };
    return this.#connection.change(
      options,
      ({ header, signal }) =>
        this.#connection.http.POST(`${INTENT}/cancel`, { params: { path, header }, body, signal }),
      dataOf,
    );
  }
}
