/** A worker in a process of its own that dies at the failpoint in its environment. */
import { readFileSync } from 'node:fs';
import { connect } from '../../src/db/client.ts';
import { readSecretsKey } from '../../src/secrets-key.ts';
import { createMockSettlement } from '../../src/settlement/mock.ts';
import { connectClient } from '../../src/temporal/connection.ts';
import { createOrderSignals } from '../../src/temporal/order-signals.ts';
import { startWorker } from '../../src/worker/worker.ts';
import { testLog } from '../support/test-log.ts';
import { failpoint } from './failpoints.ts';

const { DATABASE_URL = '', TEMPORAL_ADDRESS = '', TASK_QUEUE = '', WORKFLOW_BUNDLE = '' } = process.env;

const secretsKey = readSecretsKey(process.env);

// The test is gone: so is its worker.
process.on('disconnect', () => process.exit(1));

const worker = await startWorker({
  db: connect(DATABASE_URL, {
    // By this name the test finds its statement in the middle of a commit.
    applicationName: 'crashing',
    onQuery(text) {
      failpoint('in the workflow task, before the order is read');
      if (/^\s*WITH target AS/.test(text)) failpoint('before the commit is sent');
    },
  }).db,
  log: testLog(),
  signals: createOrderSignals(connectClient(TEMPORAL_ADDRESS, 'default'), TASK_QUEUE, { secretsKey }),
  secretsKey,
  settlement: createMockSettlement(),
  onRecorded: () => {},
  afterCommit: () => failpoint('after COMMIT, before the workflow hears of it'),
  temporalAddress: TEMPORAL_ADDRESS,
  namespace: 'default',
  taskQueue: TASK_QUEUE,
  bundle: { code: readFileSync(WORKFLOW_BUNDLE, 'utf8') },
});
process.send?.({});
await worker.finished;
