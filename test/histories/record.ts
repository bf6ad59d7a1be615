/**
 * Records histories of today's workflow into this folder, one file a scenario, for test/workflows/replay.test.ts:
 *
 *   npx tsx test/histories/record.ts <name of the release>
 *
 * Run it before a release whose orders will outlive the next one, and keep the older files: orders that began under
 * their code may still run. Starts servers of its own, which continue runs as new after 40 events: small files.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import postgres from 'postgres';
import { createOrderGateway } from '../../src/api/order-gateway.ts';
import { OutcomeWaiters } from '../../src/api/outcome-waiters.ts';
import { connect } from '../../src/db/client.ts';
import { migrate } from '../../src/db/migrate.ts';
import { entriesOf, readOrder } from '../../src/db/order-log.ts';
import { merchants, orderLog } from '../../src/db/schema.ts';
import { startServers } from '../../src/embedded/servers.ts';
import { createMockSettlement } from '../../src/settlement/mock.ts';
import { connectClient } from '../../src/temporal/connection.ts';
import { createOrderSignals } from '../../src/temporal/order-signals.ts';
import { registerSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { startWorker } from '../../src/worker/worker.ts';
import { escrowOrderWorkflowId } from '../../src/workflows/messages.ts';
import { runsOf } from '../support/history.ts';
import { beginningOf, entryOf } from '../support/order-audit.ts';
import { insertOrder, MERCHANT_ID } from '../support/orders.ts';
import { APPLICATION_LOGIN, withLogin } from '../support/urls.ts';
import type { GoldenHistory } from './golden-history.ts';
import { type RecordingStage, SCENARIOS } from './scenarios.ts';

const FOLDER = path.dirname(fileURLToPath(import.meta.url));
const SUGGESTED_EVENTS = 40;
const taskQueue = 'recording';

async function openStage(databaseUrl: string, temporalAddress: string) {
  const url = withLogin(databaseUrl, APPLICATION_LOGIN);
  await migrate(databaseUrl, url);
  const log = pino({ level: 'silent' });
  const database = connect(url);
  const { db } = database;
  const admin = postgres(databaseUrl, { max: 2, onnotice: () => {} });
  const client = connectClient(temporalAddress, 'default');
  const problem = await registerSearchAttributes(client, 'default');
  if (problem !== null) throw new Error(problem);
  const signals = createOrderSignals(client, taskQueue);
  const waiters = new OutcomeWaiters((ids) => entriesOf(db, ids), log);
  const gateway = createOrderGateway({ client, signals, waiters });
  const onRecorded = waiters.notify.bind(waiters);
  const worker = await startWorker({
    ...{ db, log, signals, onRecorded, settlement: createMockSettlement(), isSearchable: () => true },
    ...{ temporalAddress, namespace: 'default', taskQueue },
  });
  await db.insert(merchants).values({ id: MERCHANT_ID, name: 'Test merchant' });
  const stage: RecordingStage = {
    ...{ db, admin, client, taskQueue, gateway },
    logOf: (orderId) => db.select().from(orderLog).where(eq(orderLog.orderId, orderId)).orderBy(orderLog.version),
    createOrder: (values = {}) => insertOrder(db, values),
  };
  const close = async () => {
    await worker.stop();
    await gateway.close();
    await database.close();
    await admin.end();
  };
  return { stage, close };
}

async function record(stage: RecordingStage, name: keyof typeof SCENARIOS, release: string): Promise<void> {
  const orderId = await SCENARIOS[name](stage);
  const order = await readOrder(stage.db, orderId);
  if (!order) throw new Error(`${orderId} is missing`);
  const workflowId = escrowOrderWorkflowId(orderId);
  const runs: unknown[] = [];
  for (const runId of await runsOf(stage, orderId)) {
    const history = await stage.client.workflow.getHandle(workflowId, runId).fetchHistory();
    runs.push(JSON.parse(historyToJSON(history), withoutNoise));
  }
  const log = (await stage.logOf(orderId)).map(entryOf);
  const golden: GoldenHistory = { release, workflowId, beginning: beginningOf(order), log, runs };
  const file = path.join(FOLDER, `${name}-${release}.json`);
  await writeFile(file, `${JSON.stringify(golden)}\n`);
  console.info(`${file}: ${runs.length} runs, ${log.length} entries`);
}

/** What no replay looks at and what names this machine. */
const NOISE = [
  'taskId',
  'identity',
  'workerVersion',
  'meteringMetadata',
  'requestId',
  'header',
  'stackTrace',
  'attributes',
];

function withoutNoise(key: string, value: unknown): unknown {
  if (NOISE.includes(key)) return undefined;
  return key === 'message' && typeof value === 'string' ? value.slice(0, 100) : value;
}

const { version } = JSON.parse(await readFile(path.join(FOLDER, '../../package.json'), 'utf8')) as { version: string };
const release = process.argv[2] ?? version;
const home = await mkdtemp(path.join(tmpdir(), 'tranche-record-'));
const dynamicConfig = { 'limit.historyCount.suggestContinueAsNew': SUGGESTED_EVENTS };
const servers = await startServers({ home, log: console.info, dynamicConfig });
try {
  const { stage, close } = await openStage(servers.databaseUrl, servers.temporalAddress);
  for (const name of Object.keys(SCENARIOS) as (keyof typeof SCENARIOS)[]) await record(stage, name, release);
  await close();
} finally {
  await servers.stop();
  await rm(home, { recursive: true, force: true });
}
