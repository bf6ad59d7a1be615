/** Orders, books and workflows compared and repaired, against the real servers. */
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, inject, test } from 'vitest';
import { commands } from '../../src/db/schema.ts';
import { settleCommand } from '../../src/domain/payouts.ts';
import { reconcile, repair } from '../../src/reconcile/reconcile.ts';
import { type Kind, linesOf } from '../../src/reconcile/report.ts';
import { adminOf } from '../support/admin.ts';
import { command, MERCHANT_ID, testOrders } from '../support/orders.ts';
import { payoutRow, releasedPayout } from '../support/payouts.ts';
import { sendRaw } from '../support/raw-signals.ts';
import { complete, create, hold, outcomeOf, release } from '../support/steps.ts';
import { recordOutput } from '../support/test-log.ts';
import { until } from '../support/until.ts';

const MAIN = fileURLToPath(new URL('../../src/main/reconcile-main.ts', import.meta.url));
const orders = await testOrders();
const admin = adminOf(orders);

const look = () => reconcile(orders.db, orders.client, orders.taskQueue);

/** What is off, by kind. */
async function off(): Promise<Partial<Record<Kind, string[]>>> {
  const { sections } = await look();
  const found = sections.filter((section) => section.off > 0);
  return Object.fromEntries(found.map(({ kind, findings }) => [kind, findings.map(({ orderId }) => orderId)]));
}

async function orderWithDeadline(): Promise<string> {
  const orderId = await orders.createOrder({ funded: true });
  await hold(orders, orderId, create(1, { turnWaitMs: 3_600_000 }));
  return orderId;
}

async function isRunning(orderId: string): Promise<boolean> {
  return (await orders.workflow(orderId).describe()).status.name === 'RUNNING';
}

/** What only a superuser can do, with the triggers off; undone by `back`. */
async function planted(statement: string, back: string, look: () => Promise<void>): Promise<void> {
  const run = (text: string) => admin.begin((tx) => tx.unsafe(`SET LOCAL session_replication_role = replica; ${text}`));
  await run(statement);
  await look().finally(() => run(back));
}

function runMain(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
  const env = {
    ...process.env,
    DATABASE_URL: orders.url,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_TASK_QUEUE: orders.taskQueue,
  };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['--import', 'tsx', MAIN, ...args], { env }, (_, output, errors) => {
      recordOutput('reconcile', output + errors);
      resolve({ code: child.exitCode ?? -1, output, errors });
    });
  });
}

test('sound orders are clean, and it says what it looked at', async () => {
  const orderId = await orderWithDeadline();
  for (const step of [create(0, { amount: '300.00' }), complete(0), release(0)]) await orders.submit(orderId, step);
  expect(await off()).toEqual({});
  const { code, output, errors } = await runMain();
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(output).toMatch(
    /^funding: 1 orders against their intents, 0 off\.\ncollection: 0 collections from buyers, 0 off\.\nreleased: 1 released milestones/,
  );
  expect(output).toMatch(/Nothing is off\.\n$/);
});

test('a terminated workflow of an order with a deadline is reported, repaired, and clean afterwards', async () => {
  const orderId = await orderWithDeadline();
  await orders.workflow(orderId).terminate('by a test');
  const reported = await runMain();
  expect(reported.code).toBe(1);
  expect(reported.output).toContain(`  ${orderId} workflow: does not run, deadline at `);
  expect(reported.output).toContain('  Next: --repair wakes the order');
  expect(await isRunning(orderId)).toBe(false);

  const repaired = await runMain('--repair');
  expect(repaired.output).toContain(`Repair: woke ${orderId}: sent\nRepair: 1 done.`);
  expect(await isRunning(orderId)).toBe(true);
  expect((await runMain('--repair')).code).toBe(0);
});

test('after Temporal was wiped every order that waits runs again, and stored commands are carried out', async () => {
  // Only the workflows of these orders are wiped: the server belongs to other tests as well.
  const ids = [await orderWithDeadline(), await orderWithDeadline()];
  const forgotten = await orders.createOrder();
  const stored = create(0);
  const createdAt = new Date(Date.now() - 6 * 60_000);
  const proof = orders.proofs.of(forgotten, stored);
  const scope = { merchantId: MERCHANT_ID, mode: 'test', role: 'merchant', open: true } as const;
  await orders.db
    .insert(commands)
    .values({ ...scope, commandId: stored.id, orderId: forgotten, payload: stored, createdAt, proof });
  for (const id of ids) await wipe(id);
  const expected = [...ids, forgotten].sort();
  const found = await off();
  expect(found.workflow_missing).toEqual(expected);
  expect(found.command).toEqual([forgotten]);

  const { toWake } = await look();
  const done = await repair(orders, toWake);
  expect(done).toEqual([
    ...expected.map((id) => `woke ${id}: sent`),
    `sent milestone.create ${stored.id} to ${forgotten} again: sent`,
  ]);
  expect(await outcomeOf(orders, forgotten, stored)).toMatchObject({ outcome: 'accepted' });
  for (const id of ids) expect(await isRunning(id)).toBe(true);
  expect(await off()).toEqual({});
});

/** Deletes a workflow and its history, as if it had never been. */
async function wipe(orderId: string): Promise<void> {
  const { workflowService, options } = orders.client;
  const workflowExecution = { workflowId: `escrow-order/${orderId}` };
  await workflowService.deleteWorkflowExecution({ namespace: options.namespace, workflowExecution });
  await until('it to be gone', async () => {
    return orders
      .workflow(orderId)
      .describe()
      .then(
        () => false,
        () => true,
      );
  });
}

test('a deadline that passed and was not acted on is reported, and repaired by waking', async () => {
  const orderId = await orderWithDeadline();
  const past = new Date(Date.now() - 301_000).toISOString();
  const at = (instant: string) => `UPDATE escrow_orders SET next_deadline = '${instant}' WHERE id = '${orderId}'`;
  await planted(at(past), at(new Date(Date.now() + 3_600_000).toISOString()), async () => {
    expect((await off()).deadline).toEqual([orderId]);
    expect(await repair(orders, [])).toEqual([`woke ${orderId}: sent`]);
  });
  expect(await off()).toEqual({});
});

test('workflows of orders that are closed or not there are reported and left alone', async () => {
  const orderId = await orders.createOrder();
  const unpolled = { client: orders.client, taskQueue: `${orders.taskQueue}-unpolled` };
  await orders.submit(orderId, command('payment_intent.cancel'));
  await until('its workflow to end', async () => !(await isRunning(orderId)));
  for (const id of [orderId, 'escrow_order_gone']) await sendRaw(unpolled, id, 'wake');
  const lookThere = async () => (await reconcile(orders.db, orders.client, unpolled.taskQueue)).sections;
  const lines = await until('Temporal to list both', async () => {
    const said = linesOf(await lookThere());
    return said.some((line) => line.includes('running workflows, 2 off')) && said;
  });
  expect(lines).toContain(`  ${orderId} workflow: runs, and the order is CANCELLED`);
  expect(lines).toContain('  escrow_order_gone workflow: runs, and there is no such order');
  await repair({ ...orders }, []);
  expect((await orders.workflow('escrow_order_gone').describe()).status.name).toBe('RUNNING');
  for (const id of [orderId, 'escrow_order_gone']) await orders.workflow(id).terminate('by a test');
});

test('funding that differs from the intent, and releases that differ from the ledger, are reported', async () => {
  const orderId = await orders.createOrder({ funded: true });
  for (const step of [create(0, { amount: '300.00' }), complete(0), release(0)]) await orders.submit(orderId, step);
  const intents = `FROM escrow_orders o WHERE o.payment_intent_id = payment_intents.id AND o.id = '${orderId}'`;
  const status = (value: string) => `UPDATE payment_intents SET status = '${value}' ${intents}`;
  await planted(status('INITIATED'), status('SUCCEEDED'), async () =>
    expect(await off()).toEqual({ funding: [orderId] }),
  );
  const funded = (value: number) => `UPDATE escrow_orders SET funded_amount = ${value} WHERE id = '${orderId}'`;
  await planted(funded(999), funded(1_000), async () => expect(await off()).toEqual({ funding: [orderId] }));
  const paid = (value: number) =>
    `UPDATE milestones SET amount = ${value}, released_amount = ${value} WHERE order_id = '${orderId}'`;
  await planted(paid(301), paid(300), async () => {
    const { sections } = await look();
    expect(linesOf(sections)).toContain(
      `  ${orderId} milestone_${orderId.slice('escrow_order_'.length)}0000: milestone says 301.00, ledger says 300.00`,
    );
  });
  const key = `release/milestone_${orderId.slice('escrow_order_'.length)}0000`;
  const rename = (from: string, to: string) => `UPDATE ledger_transactions SET key = '${to}' WHERE key = '${from}'`;
  await planted(rename(key, 'release/x'), rename('release/x', key), async () =>
    expect(await off()).toEqual({ released: [orderId, orderId] }),
  );
  expect(await off()).toEqual({});
});

test('an order whose dispute was resolved as a whole is sound, and one whose resolution was not paid is not', async () => {
  const orderId = await orders.createOrder({ funded: true });
  const operator = { actor: { role: 'operator', id: 'by a test' } } as const;
  const details = { reason: 'not as agreed', raisedBy: 'ann' };
  const amounts = { merchantAmount: '400.00', buyerAmount: '300.00' };
  for (const step of [
    ...[create(0, { amount: '300.00' }), create(1), complete(0), release(0)],
    command('dispute.raise', { windowSeconds: 604_800, details, ...operator }),
    command('dispute.resolve', { resolution: 'PARTIAL_REFUND', ...amounts, ...operator }),
  ]) {
    await orders.submit(orderId, step);
  }
  expect((await orders.logOf(orderId)).map(({ reason }) => reason)).toEqual(Array(7).fill(null));
  expect(await off()).toEqual({});
  const resolved = (amount: number) => `UPDATE disputes SET merchant_amount = ${amount} WHERE order_id = '${orderId}'`;
  await planted(resolved(401), resolved(400), async () => {
    const { sections } = await look();
    expect(linesOf(sections)).toContain(`  ${orderId} ${orderId}: resolution says 701.00, ledger says 700.00`);
  });
  const withdrawn = await orders.createOrder({ funded: true });
  await orders.submit(withdrawn, command('dispute.raise', { windowSeconds: 604_800, details }));
  await orders.submit(withdrawn, command('dispute.withdraw', {}));
  expect(await off()).toEqual({});
});

test('a collection that nobody finishes, and one that does not go with its intent, are reported', async () => {
  const open = await orders.createOrder();
  const funded = await orders.createOrder({ funded: true });
  const insert = (orderId: string, status: string, isOpen: boolean) => `
    INSERT INTO fundings (intent_id, order_id, mode, currency, amount, status, command, open, look_at, last_error, updated_at)
    SELECT payment_intent_id, id, mode, currency, amount, '${status}', '{}', ${isOpen}, 'infinity', 'no answer',
      now() - interval '6 minutes' FROM escrow_orders WHERE id = '${orderId}'`;
  const remove = (orderId: string) => `DELETE FROM fundings WHERE order_id = '${orderId}'`;
  await planted(insert(open, 'SUBMITTED', true), remove(open), async () => {
    expect(await off()).toEqual({ collection: [open] });
    const lines = linesOf((await look()).sections).join('\n');
    expect(lines).toMatch(
      /funding SUBMITTED of 1000\S* USDC since .*, not finished, intent INITIATED, last error: no answer/,
    );
  });
  await planted(insert(funded, 'REFUSED', false), remove(funded), async () =>
    expect(await off()).toEqual({ collection: [funded] }),
  );
  expect(await off()).toEqual({});
});

test('payouts that were paid and are not recorded, and those without news, are reported', async () => {
  const { orderId, payoutId } = await releasedPayout(orders);
  const silent = await releasedPayout(orders);
  expect(await off()).toEqual({});
  await planted(
    `UPDATE payouts SET updated_at = now() - interval '3 hours', last_error = 'no answer' WHERE id = '${silent.payoutId}'`,
    `UPDATE payouts SET updated_at = now(), last_error = NULL WHERE id = '${silent.payoutId}'`,
    async () => {
      expect(await off()).toEqual({ payout: [silent.orderId] });
      expect(linesOf((await look()).sections).join('\n')).toMatch(
        /PENDING, 100\S* USDC, no news since .*, last error: no answer/,
      );
    },
  );
  await admin`ALTER TABLE payouts ADD CONSTRAINT for_a_while CHECK (status <> 'PAID') NOT VALID`;
  const { version } = await payoutRow(orders, payoutId);
  const result = { payoutId, version, outcome: { result: 'PAID', reference: 'r' } } as const;
  await orders.submit(orderId, settleCommand(result, { milestoneIndex: 0, attempts: 1 }, Date.now()));
  expect(await off()).toEqual({ payout: [orderId] });
  expect(linesOf((await look()).sections).join('\n')).toMatch(
    /paid at the settlement, and the order rejected that 1 times, last .* as internal_conflict/,
  );
  await admin`ALTER TABLE payouts DROP CONSTRAINT for_a_while`;
  await orders.submit(orderId, settleCommand(result, { milestoneIndex: 0, attempts: 1, rejected: 1 }, Date.now()));
  expect(await off()).toEqual({});
});

test('payouts are compared with what the settlement paid, both ways', async () => {
  const [pending, paid] = [await releasedPayout(orders), await releasedPayout(orders)];
  const { version } = await payoutRow(orders, paid.payoutId);
  const result = { payoutId: paid.payoutId, version, outcome: { result: 'PAID', reference: 'r' } } as const;
  const since = new Date().toISOString();
  await orders.submit(paid.orderId, settleCommand(result, { milestoneIndex: 0, attempts: 1 }, Date.now()));
  const file = join(mkdtempSync(join(tmpdir(), 'tranche-paid-')), 'paid.csv');
  const lines = (...given: string[]) => writeFileSync(file, `${given.join('\n')}\n`);
  const compare = async () => {
    const { output, code, errors } = await runMain('--paid', file, '--since', since);
    return {
      code,
      errors,
      found: output.split('\n').filter((line) => line.startsWith('  ') && !line.includes('Next')),
    };
  };
  lines(`${paid.payoutId},100.00,USDC`);
  expect(await compare()).toEqual({ code: 0, errors: '', found: [] });
  lines(`${pending.payoutId},100.00,USDC`, `${paid.payoutId},99.00,USDC`, 'payout_gone,1.00,USDC');
  const { code, found } = await compare();
  expect(code).toBe(1);
  expect(found.sort()).toEqual(
    [
      `  ${pending.orderId} ${pending.payoutId}: paid at the settlement: 100.00 USDC, here PENDING, 100.00 USDC`,
      `  ${paid.orderId} ${paid.payoutId}: paid at the settlement: 99.00 USDC, here PAID, 100.00 USDC`,
      '  - payout_gone: paid at the settlement: 1.00 USDC, here there is no such payout',
    ].sort(),
  );
  lines('');
  expect((await compare()).found).toEqual([
    expect.stringMatching(
      `  ${paid.orderId} ${paid.payoutId}: PAID here at .*: 100\\S* USDC, not paid at the settlement`,
    ),
  ]);
  lines('payout_1;1.00;USDC');
  expect((await compare()).errors).toContain('Line 1 of');
});

test('an unknown argument is refused with 2', async () => {
  const { code, output, errors } = await runMain('--fix');
  expect({ code, output }).toEqual({ code: 2, output: '' });
  expect(errors).toContain("'--fix'");
});
