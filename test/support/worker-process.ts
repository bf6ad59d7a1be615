/**
 * A worker in a process of its own, so that it can die. Run by `startWorkerProcess`; settings come by environment.
 * Right after its n-th commit, before anybody hears of it, it kills itself.
 */
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { connect } from '../../src/db/client.ts';
import { startWorker } from '../../src/worker.ts';

const {
  DATABASE_URL = '',
  TEMPORAL_ADDRESS = '',
  TASK_QUEUE = '',
  WORKFLOW_BUNDLE = '',
  DIE_AFTER = '0',
} = process.env;
let commitsLeft = Number(DIE_AFTER);

// The test is gone: so is its worker.
process.on('disconnect', () => process.exit(1));

const worker = await startWorker({
  db: connect(DATABASE_URL).db,
  log: pino({ level: 'silent' }),
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
