/** The client: one object with the API's resources. */
import { Connection } from './connection.ts';
import type { Http, TrancheOptions } from './http.ts';
import { ApiKeys } from './resources/api-keys.ts';
import { Commands } from './resources/commands.ts';
import { Disputes } from './resources/disputes.ts';
import { EscrowOrders } from './resources/escrow-orders.ts';
import { Milestones } from './resources/milestones.ts';
import { PaymentIntents } from './resources/payment-intents.ts';
import { Payouts } from './resources/payouts.ts';

export class Tranche {
  readonly paymentIntents: PaymentIntents;
  readonly escrowOrders: EscrowOrders;
  readonly milestones: Milestones;
  readonly disputes: Disputes;
  readonly commands: Commands;
  readonly payouts: Payouts;
  readonly apiKeys: ApiKeys;
  /** Every route of the API, those without a method here included, with its retries and idempotency keys. */
  readonly http: Http;

  constructor(options: TrancheOptions) {
    const connection = new Connection(options);
    this.http = connection.http;
    this.paymentIntents = new PaymentIntents(connection);
    this.escrowOrders = new EscrowOrders(connection);
    this.milestones = new Milestones(connection);
    this.disputes = new Disputes(connection);
    this.commands = new Commands(connection);
    this.payouts = new Payouts(connection);
    this.apiKeys = new ApiKeys(connection);
  }
}
