/** The API in a process of its own that dies at the failpoint in its environment; without one it just runs. */
import type { AddressInfo } from 'node:net';
import { createApp, createHttpServer } from '../../src/api/app.ts';
import { createOrderGateway } from '../../src/api/order-gateway.ts';
import { OutcomeWaiters } from '../../src/api/outcome-waiters.ts';
import type { OrderGateway } from '../../src/api/submission.ts';
import { connect, type Database } from '../../src/db/client.ts';
import { entriesOf } from '../../src/db/order-log.ts';
import { StoredProofs } from '../../src/proofs/stored-proofs.ts';
import { readSecretsKey } from '../../src/secrets-key.ts';
import type { FundingPort } from '../../src/settlement/ports.ts';
import { connectClient } from '../../src/temporal/connection.ts';
import { createOrderSignals, type OrderSignals } from '../../src/temporal/order-signals.ts';
import { testApiDependencies } from '../support/api-dependencies.ts';
import { testLog } from '../support/test-log.ts';
import { failpoint } from './failpoints.ts';

const { DATABASE_URL = '', TEMPORAL_ADDRESS = '', TASK_QUEUE = '' } = process.env;

// The test is gone: so is its API.
process.on('disconnect', () => process.exit(1));

const log = testLog();
const { db: plain } = connect(DATABASE_URL, {
  onQuery: (text) => {
    if (!text.startsWith('insert into "commands"')) return;
    failpoint('before the claim');
    failpoint('after that is recorded, before the claim');
  },
});

/** As any database, only that it may die around its transactions. */
const db: Database = new Proxy(plain, {
  get(target, property, receiver) {
    if (property !== 'transaction') return Reflect.get(target, property, receiver);
    return async (work: (tx: unknown) => Promise<unknown>) => {
      const result = await target.transaction(async (tx) => {
        const done = await work(tx);
        failpoint('inside the transaction, before COMMIT');
        return done;
      });
      failpoint('after COMMIT, before the answer is made');
      return result;
    };
  },
});

const client = connectClient(TEMPORAL_ADDRESS, 'default');
const secretsKey = readSecretsKey(process.env);
const sending = createOrderSignals(client, TASK_QUEUE, { secretsKey });
const signals: OrderSignals = {
  ...sending,
  async send(orderId, commands) {
    failpoint('after the claim, before the signal');
    const result = await sending.send(orderId, commands);
    failpoint('after the signal, before its outcome');
    return result;
  },
};
const waiters = new OutcomeWaiters((ids) => entriesOf(plain, ids), log);
const carrying = createOrderGateway({ client, signals, waiters });
const gateway: OrderGateway = {
  ...carrying,
  async submit(...args) {
    const submission = await carrying.submit(...args);
    failpoint('after the outcome, before the answer is made');
    return submission;
  },
};

const funding: FundingPort = {
  async collect() {
    failpoint('after the collection is recorded, before the port is asked');
    // The money is the buyer's no more, and nobody says so.
    failpoint('after the money is collected, before that is recorded');
  },
  async giveBack() {},
};

const app = createApp({
  ...testApiDependencies(db, gateway),
  funding: { test: funding, live: null },
  secretsKey,
  proofs: secretsKey && new StoredProofs(secretsKey),
});
const server = createHttpServer((request, response) => {
  const end = response.end.bind(response) as (...args: unknown[]) => typeof response;
  response.end = ((...args: unknown[]) => {
    failpoint('before the HTTP answer is sent');
    return end(...args);
  }) as typeof response.end;
  response.on('finish', () => failpoint('after the HTTP answer is sent'));
  app(request, response);
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
