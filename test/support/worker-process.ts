/**
 * A worker in a process of its own, so that it can die. Run by `startWorkerProcess`; settings come by environment.
 * Right after its n-th commit, or its n-th payment, before anybody hears of it, it kills itself; or instead of telling an
 * order for the n-th time what became of a payout.
 */
import { readFileSync } from 'node:fs';
import { connect } from '../../src/db/client.ts';
import { createMockSettlement } from '../../src/settlement/mock.ts';
import { connectClient } from '../../src/temporal/connection.ts';
import { createOrderSignals } from '../../src/temporal/order-signals.ts';
import { startWorker } from '../../src/worker/worker.ts';
import { recordedSettlement } from './recorded-payments.ts';
import { testLog } from './test-log.ts';

const {
  DATABASE_URL = '',
  TEMPORAL_ADDRESS = '',
  TASK_QUEUE = '',
  WORKFLOW_BUNDLE = '',
  DIE_AFTER = '0',
  DIE_AFTER_PAYMENT = '0',
  DIE_BEFORE_SETTLE = '0',
  PAYMENTS_FOLDER = '',
} = process.env;
let commitsLeft = Number(DIE_AFTER);
let paymentsLeft = Number(DIE_AFTER_PAYMENT);
let settlesLeft = Number(DIE_BEFORE_SETTLE);
const signals = createOrderSignals(connectClient(TEMPORAL_ADDRESS, 'default'), TASK_QUEUE);

// The test is gone: so is its worker.
process.on('disconnect', () => process.exit(1));

const worker = await startWorker({
  db: connect(DATABASE_URL).db,
  log: testLog(),
  signals: {
    send(orderId, commands) {
      settlesLeft--;
      if (settlesLeft === 0) process.kill(process.pid, 'SIGKILL');
      return signals.send(orderId, commands);
    },
  },
  settlement: PAYMENTS_FOLDER
    ? recordedSettlement(PAYMENTS_FOLDER, () => {
        paymentsLeft--;
        if (paymentsLeft === 0) process.kill(process.pid, 'SIGKILL');
      })
    : createMockSettlement(),
  onRecorded: () => {},
  afterCommit: () => {
    commitsLeft--;
    if (commitsLeft === 0) process.kill(process.pid, 'SIGKILL');
  },
  temporalAddress: TEMPORAL_ADDRESS,
  namespace: 'default',
  taskQueue: TASK_QUEUE,
  bundle: { code: readFileSync(WORKFLOW_BUNDLE, 'utf8') },
});
process.send?.('polling');
await worker.finished;
