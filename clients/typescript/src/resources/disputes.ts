/** Disputes: what stops a milestone, or a whole order, until it is decided. */
import { asIs, type ChangeOptions, type Connection, type TurnOptions } from '../connection.ts';
import type { RaiseDispute, ResolveDispute } from '../types.ts';

const DISPUTE = '/v1/payment-intents/{intentId}/escrow/dispute';

export class Disputes {
  readonly #connection: Connection;
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** About one milestone, or without `milestoneId` about the whole order. */
  raise<Options extends ChangeOptions = object>(intentId: string, body: RaiseDispute, options?: Options) {
    const path = { intentId };
    return this.#connection.change(
      options,
      ({ header, signal }) => this.#connection.http.POST(DISPUTE, { params: { path, header }, body, signal }),
      asIs,
    );
  }

  resolve<Options extends TurnOptions = object>(intentId: string, body: ResolveDispute, options?: Options) {
    const path = { intentId };
    return this.#connection.change(
      options,
      ({ header, signal }) =>
        this.#connection.http.POST(`${DISPUTE}/resolve`, { params: { path, header }, body, signal }),
      asIs,
    );
  }

  withdraw<Options extends ChangeOptions = object>(
    intentId: string,
    body: { reason?: string } = {},
    options?: Options,
  ) {
    const path = { intentId };
    return this.#connection.change(
      options,
      ({ header, signal }) =>
        this.#connection.http.POST(`${DISPUTE}/withdraw`, { params: { path, header }, body, signal }),
      asIs,
    );
  }
}
