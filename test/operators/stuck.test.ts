/** Each way to be stuck: made for real, found by its recipe, and repaired by what docs/OPERATIONS.md says. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { eq } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import { connect } from '../../src/db/client.ts';
import { migrate } from '../../src/db/migrate.ts';
import { payouts } from '../../src/db/schema.ts';
import { payoutId } from '../../src/domain/ids.ts';
import { createOrderSignals } from '../../src/temporal/order-signals.ts';
import { countStuck } from '../../src/temporal/stuck.ts';
import { escrowOrderWorkflowId, payoutWorkflowId } from '../../src/workflows/messages.ts';
import { adminOf } from '../support/admin.ts';
import { faultsOf } from '../support/order-audit.ts';
import { command, testOrders } from '../support/orders.ts';
import { QUICK_TRIES } from '../support/payouts.ts';
import { commandUnder, operatorShell, queryFor } from '../support/runbook.ts';
import { SECRETS_KEY } from '../support/secrets.ts';
import { testService } from '../support/service.ts';
import { create, fund, outcomeOf, wordFor } from '../support/steps.ts';
import { until } from '../support/until.ts';
import { withLogin } from '../support/urls.ts';

const shell = await operatorShell();
const service = await testService({ outside: { payoutTries: QUICK_TRIES } });

const DAY_MS = 24 * 60 * 60 * 1_000;
const isFound = async (title: string, workflowId: string) => (await shell.list(queryFor(title))).includes(workflowId);
const found = (title: string, workflowId: string) => until(`"${title}" to find it`, () => isFound(title, workflowId));
const gone = (title: string, workflowId: string) =>
  until(`"${title}" to find it no more`, async () => !(await isFound(title, workflowId)), 40_000);

const troubled = await testOrders({ worker: false });
const admin = adminOf(troubled);
/** The application's login of this file's own, so that nobody else loses rights with it. */
const login = { user: `tranche_ops_${randomBytes(4).toString('hex')}`, password: 'x' };
const loginUrl = withLogin(troubled.url, login);
await migrate(troubled.adminUrl, loginUrl);
const ownConnection = connect(loginUrl);
const worker = await troubled.startWorker({ db: ownConnection.db });
afterAll(async () => {
  await worker.stop();
  await ownConnection.close();
  await admin.unsafe(`DROP ROLE ${login.user}`);
});

test('orders whose commits the database does not take are found, and go on once its login has its rights again', async () => {
  const orderId = await troubled.createOrder();
  const fresh = await troubled.createOrder();
  const [first, second] = [fund(), fund()];
  expect(wordFor(await troubled.submit(orderId, first))).toBe('accepted');

  await admin.unsafe(`REVOKE tranche_app FROM ${login.user}`);
  const late = create(0);
  await troubled.signals.send(orderId, [late]);
  await troubled.signals.send(fresh, [second]);
  for (const id of [orderId, fresh]) {
    await found('not recorded', escrowOrderWorkflowId(id));
    await found('needs somebody', escrowOrderWorkflowId(id));
  }
  expect((await countStuck(troubled.client)).recording).toBeGreaterThanOrEqual(2);
  expect(await troubled.logOf(orderId)).toHaveLength(1);

  const urls = { DATABASE_URL: loginUrl, MIGRATION_DATABASE_URL: troubled.adminUrl };
  await shell.run(commandUnder('The database does not take commits'), urls);
  expect((await outcomeOf(troubled, orderId, late, 40_000)).outcome).toBe('accepted');
  expect((await outcomeOf(troubled, fresh, second, 40_000)).outcome).toBe('accepted');
  for (const id of [orderId, fresh]) {
    await gone('needs somebody', escrowOrderWorkflowId(id));
    expect(await faultsOf(troubled.db, id)).toEqual([]);
  }
});

test('a payout that failed is found, with its order, and paid once it is tried again', async () => {
  const { attempts } = QUICK_TRIES;
  const order = await service.createOrder({ settlementDestination: `fail_${attempts}_times` });
  const [first = ''] = await order.createAll('10.00', '20.00');
  await order.complete(first);
  await order.release(first);
  const payout = payoutId(order.orderId, 0);
  await found('payout failed', payoutWorkflowId(payout));
  await found('needs somebody', escrowOrderWorkflowId(order.orderId));

  await shell.run(commandUnder('A payout has failed'), { ORDER: order.orderId, MILESTONE: '0' });
  await until('the payout to be paid', async () => {
    const [row] = await service.db.select().from(payouts).where(eq(payouts.id, payout));
    return row?.status === 'PAID';
  });
  await gone('needs somebody', escrowOrderWorkflowId(order.orderId));
  expect(await faultsOf(service.db, order.orderId)).toEqual([]);
});

test('an order whose history does not replay is found by what Temporal reports, and starts anew from the database', async () => {
  const own = await testOrders({ worker: false });
  const orderId = await own.createOrder();
  const id = escrowOrderWorkflowId(orderId);
  const logger = new DefaultLogger('ERROR');
  const workflowsPath = fileURLToPath(new URL('../support/other-workflows.ts', import.meta.url));
  const foreign = await own.startWorker({ bundle: await bundleWorkflowCode({ workflowsPath, logger }) });
  await own.signals.wake(orderId);
  await until('the other code to begin', async () =>
    (await own.workflow(orderId).fetchHistory()).events?.some(({ timerStartedEventAttributes: timer }) => timer),
  );
  await foreign.stop();

  await own.startWorker();
  const stored = create(0);
  await own.signals.send(orderId, [stored]);
  await found('workflow task fails', id);
  expect((await countStuck(own.client)).workflow_task).toBeGreaterThanOrEqual(1);
  expect(await own.logOf(orderId)).toEqual([]);

  await shell.run(commandUnder("A workflow's task fails again and again"), { ORDER: orderId });
  // As the sweeper does with a command that it finds without an outcome.
  await own.signals.send(orderId, [stored]);
  expect((await outcomeOf(own, orderId, stored)).outcome).toBe('accepted');
  await gone('workflow task fails', id);
  expect(await faultsOf(own.db, orderId)).toEqual([]);
});

test('a command that is held for too long is found, and can be withdrawn by the id that the page shows', async () => {
  const order = await service.createOrder();
  const id = escrowOrderWorkflowId(order.orderId);
  const handle = service.temporal.workflow.getHandle(id);
  const receivedAt = Date.now() - 2 * DAY_MS;
  // As the service held it then; who signals by hand is believed no time.
  const signals = createOrderSignals(service.temporal, service.taskQueue, { secretsKey: SECRETS_KEY });
  const create = { milestoneIndex: 3, amount: '1.00', receivedAt, turnWaitMs: null };
  expect(await signals.send(order.orderId, [command('milestone.create', create as never)])).toBe('sent');
  await found('held too long', id);
  expect((await countStuck(service.temporal)).held).toBeGreaterThanOrEqual(1);

  const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  const [, commandId = ''] =
    /milestone\.create 3 waits for milestone 2 to be created\n.* id (\S+)$/m.exec(currentDetails) ?? [];
  await shell.run(commandUnder('A command is held for too long'), { ORDER: order.orderId, COMMAND: commandId });
  await gone('held too long', id);
  expect((await order.read()).milestones).toEqual([]);
});
