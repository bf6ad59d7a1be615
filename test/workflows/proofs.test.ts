import { readFileSync } from 'node:fs';
import { RawValue } from '@temporalio/common';
import { describe, expect, inject, test } from 'vitest';
import type { Command } from '../../src/domain/commands.ts';
import { payloadOf } from '../../src/domain/parse-command.ts';
import { DEFAULT_TERMS } from '../../src/domain/terms.ts';
import type { SecretsKey } from '../../src/secrets-key.ts';
import { CommandProofs } from '../../src/temporal/proof-codec.ts';
import { escrowOrderWorkflowId, signalOf } from '../../src/workflows/messages.ts';
import { PROOF_METADATA, verdictText } from '../../src/workflows/proofs.ts';
import { restingHistoryOf, typeOf } from '../support/history.ts';
import { command, passingOrder, SECRETS_KEY, testOrders } from '../support/orders.ts';
import { payload, sendPayloads, sendRaw } from '../support/raw-signals.ts';
import { complete, create, wordFor } from '../support/steps.ts';
import { until } from '../support/until.ts';

const orders = await testOrders();
const proofs = new CommandProofs(SECRETS_KEY as SecretsKey);
const encode = (text: string) => new TextEncoder().encode(text);

/** An order of 1000.00 whose milestone of 100.00 only the buyer may release. */
async function buyersOrder(): Promise<string> {
  const orderId = await passingOrder(orders, { funded: true, terms: { ...DEFAULT_TERMS, releaseBy: 'buyer' } });
  expect(wordFor(await orders.submit(orderId, create(0)))).toBe('accepted');
  expect(wordFor(await orders.submit(orderId, complete(0)))).toBe('accepted');
  return orderId;
}

const asBuyer = (fields: Partial<Command> = {}) =>
  command('milestone.release', { milestoneIndex: 0, actor: { role: 'buyer', id: 'buyer_1' }, ...fields });

async function outcomesAfter(orderId: string, version: number, count = 1) {
  const log = await until('its outcome', async () => {
    const entries = (await orders.logOf(orderId)).filter((entry) => entry.version > version);
    return entries.length >= count && entries;
  });
  return log.map(({ commandId, actorRole, actorId, outcome, reason, detail }) => ({
    commandId,
    actor: `${actorRole} ${actorId}`,
    outcome: reason ?? outcome,
    problem: (detail as { problem?: string } | null)?.problem,
  }));
}

async function expectNoFailedTasks(orderId: string): Promise<void> {
  const types = (await restingHistoryOf(orders, orderId)).map(typeOf);
  expect(types.filter((type) => type === 'workflowTaskFailed' || type === 'workflowTaskTimedOut')).toEqual([]);
}

test('a command of the service acts as who sent it', async () => {
  const orderId = await buyersOrder();
  expect(wordFor(await orders.submit(orderId, asBuyer()))).toBe('accepted');
  expect(await outcomesAfter(orderId, 3)).toMatchObject([{ actor: 'buyer buyer_1', outcome: 'accepted' }]);
});

test.each(['merchant', 'buyer', 'arbiter', 'operator'] as const)(
  'whoever signals as %s without a proof is an operator at Temporal',
  async (role) => {
    const orderId = await buyersOrder();
    const fields = { ...payloadOf(asBuyer({ actor: { role, id: 'key_1' } })), commandId: 'payout/p/1/paid' };
    await sendRaw(orders, orderId, 'releaseMilestone', fields);
    const [entry] = await outcomesAfter(orderId, 3);
    expect(entry).toMatchObject({ commandId: 'temporal/payout/p/1/paid', actor: 'operator temporal/key_1' });
    // Sent twice it is done once.
    await sendRaw(orders, orderId, 'releaseMilestone', fields);
    expect(wordFor(await orders.submit(orderId, create(1)))).toBe('accepted');
    expect(await orders.logOf(orderId)).toHaveLength(5);
    await expectNoFailedTasks(orderId);
  },
);

test('the system is nobody who signals without a proof, and no id of its own is used up by it', async () => {
  const orderId = await buyersOrder();
  await orders.submit(orderId, asBuyer());
  const settle = command('payout.settle', {
    id: 'payout/p/1/paid',
    milestoneIndex: 0,
    result: 'PAID',
    actor: { role: 'system', id: 'payout' },
  } as never) as Command;
  await sendRaw(orders, orderId, 'settlePayout', payloadOf(settle));
  expect(await outcomesAfter(orderId, 4)).toMatchObject([
    { commandId: 'temporal/payout/p/1/paid', actor: 'operator temporal/payout', outcome: 'invalid_command' },
  ]);
  await orders.signals.send(orderId, [settle]);
  expect(await outcomesAfter(orderId, 5)).toMatchObject([
    { commandId: 'payout/p/1/paid', actor: 'system payout', outcome: 'accepted' },
  ]);
});

const attacks: [what: string, forge: (orderId: string) => ReturnType<typeof payload>][] = [
  ['of another order', () => proofs.payload('escrow_order_other', asBuyer())],
  ['of another type', (orderId) => proofs.payload(orderId, { ...asBuyer(), type: 'milestone.remind' } as Command)],
  ['of another amount', (orderId) => withBodyOf(orderId, asBuyer({ amount: '1.00' } as Partial<Command>))],
  ['of another actor', (orderId) => withBodyOf(orderId, asBuyer({ actor: { role: 'arbiter', id: 'a' } }))],
  [
    'that is none',
    (orderId) => withMetadata(proofs.payload(orderId, asBuyer()), { [PROOF_METADATA.mac]: encode('x') }),
  ],
  [
    'that is empty',
    (orderId) => withMetadata(proofs.payload(orderId, asBuyer()), { [PROOF_METADATA.mac]: encode('') }),
  ],
];

/** A proof that is right, on another body. */
function withBodyOf(orderId: string, other: Command) {
  const { metadata } = proofs.payload(orderId, asBuyer());
  return { ...proofs.payload(orderId, other), ...(metadata && { metadata }) };
}

function withMetadata(made: ReturnType<typeof payload>, metadata: Record<string, Uint8Array>) {
  return { ...made, metadata: { ...made.metadata, ...metadata } };
}

test.each(attacks)('a command with a proof %s is refused, and its id stays free', async (_, forge) => {
  const orderId = await buyersOrder();
  await sendPayloads(orders, orderId, 'releaseMilestone', [forge(orderId)]);
  const [entry] = await outcomesAfter(orderId, 3);
  expect(entry).toMatchObject({ outcome: 'invalid_command', commandId: expect.stringMatching(/^temporal\/cmd_/) });
  expect(entry?.problem).toMatch(/^The proof of the command belongs to another/);
  expect(wordFor(await orders.submit(orderId, asBuyer()))).toBe('accepted');
  await expectNoFailedTasks(orderId);
});

test('a verdict that somebody sends along is thrown away', async () => {
  const orderId = await buyersOrder();
  const forged = payload('json/plain', JSON.stringify({ ...payloadOf(asBuyer()), commandId: 'mine' }));
  const verdict = encode(verdictText(orderId, 'milestone.release'));
  await sendPayloads(orders, orderId, 'releaseMilestone', [
    withMetadata(forged, { [PROOF_METADATA.verdict]: verdict }),
  ]);
  expect(await outcomesAfter(orderId, 3)).toMatchObject([
    { commandId: 'temporal/mine', actor: 'operator temporal/buyer_1' },
  ]);
});

test('of the commands of one signal each proves itself, and one that is sent again is done once', async () => {
  const orderId = await buyersOrder();
  const first = create(1);
  const unproven = payload('json/plain', JSON.stringify({ ...payloadOf(create(2)), commandId: 'mine' }));
  const sent = [proofs.payload(orderId, first), unproven, proofs.payload(orderId, first)];
  await sendPayloads(orders, orderId, 'createMilestone', sent);
  await sendPayloads(orders, orderId, 'createMilestone', [proofs.payload(orderId, first)]);
  expect(wordFor(await orders.submit(orderId, create(3)))).toBe('accepted');
  const entries = await outcomesAfter(orderId, 3, 3);
  expect(entries.map(({ commandId, actor }) => [commandId.replace(/^cmd_.*/, 'cmd'), actor.split(' ')[0]])).toEqual([
    ['cmd', 'merchant'],
    ['temporal/mine', 'operator'],
    ['cmd', 'merchant'],
  ]);
});

test('an inbox that somebody starts an order with proves nothing, whatever it says', async () => {
  const orderId = await buyersOrder();
  await orders.workflow(orderId).terminate('to be started by somebody else');
  const inbox = [asBuyer({ id: 'mine' })];
  const input = RawValue.fromPayload(
    withMetadata(payload('json/plain', JSON.stringify({ inbox, unproven: [] })), {
      [PROOF_METADATA.verdict]: encode(verdictText(orderId, 'inbox')),
      [PROOF_METADATA.request]: encode(orderId),
    }),
  );
  await orders.client.workflow.start('escrowOrder', {
    workflowId: escrowOrderWorkflowId(orderId),
    taskQueue: orders.taskQueue,
    args: [input],
  });
  expect(await outcomesAfter(orderId, 3)).toMatchObject([
    { commandId: 'temporal/mine', actor: 'operator temporal/buyer_1' },
  ]);
});

test('a command of the API without its proof is not done: it comes again with it', async () => {
  const orderId = await buyersOrder();
  const release = asBuyer();
  await sendRaw(orders, orderId, signalOf(release.type), payloadOf(release));
  expect(await outcomesAfter(orderId, 3)).toMatchObject([
    {
      commandId: `temporal/${release.id}`,
      outcome: 'invalid_command',
      problem: expect.stringContaining('without its proof'),
    },
  ]);
  expect(wordFor(await orders.submit(orderId, release))).toBe('accepted');
});

test('when a command was received is believed of the service alone: who signals late by hand is late', async () => {
  const own = await testOrders({ worker: false });
  const first = await own.startWorker();
  const terms = { ...DEFAULT_TERMS, onOverdue: 'refund' } as const;
  const [byService, byHand] = [
    await own.createOrder({ funded: true, terms }),
    await own.createOrder({ funded: true, terms }),
  ];
  const dueAt = Math.ceil(Date.now() / 1_000 + 3) * 1_000;
  for (const orderId of [byService, byHand]) {
    expect(wordFor(await own.submit(orderId, create(0, { dueAt })))).toBe('accepted');
  }
  await first.stop();
  await until('the due date to pass', () => Date.now() > dueAt);
  const inTime = { ...complete(0), id: 'mine', receivedAt: dueAt - 1_000 };
  expect(await own.signals.send(byService, [inTime])).toBe('sent');
  await sendRaw(own, byHand, 'completeMilestone', payloadOf(inTime));
  await own.startWorker();
  const outcomeOf = (orderId: string) =>
    until('its outcome', async () => {
      const entry = (await own.logOf(orderId)).find(({ commandType }) => commandType === 'milestone.complete');
      return entry && (entry.reason ?? entry.outcome);
    });
  expect([await outcomeOf(byService), await outcomeOf(byHand)]).toEqual(['accepted', 'milestone_refunded']);
});

describe('a command of a newer version', () => {
  const later = { ...command('milestone.extend', { milestoneIndex: 0, seconds: 60 }), id: 'cmd_later' };

  test.each([
    ['of an unknown type', 'splitMilestone', { ...later, type: 'milestone.split' }],
    ['with an unknown field', 'extendInspection', { ...later, until: 'noon' }],
  ])('%s stops its order alone, and only where the service sent it', async (_, signal, newer) => {
    const [orderId, other] = [await buyersOrder(), await buyersOrder()];
    await sendRaw(orders, other, signal, { ...payloadOf(newer as Command), commandId: 'mine' });
    expect(await outcomesAfter(other, 3)).toMatchObject([{ outcome: 'invalid_command' }]);
    await sendPayloads(orders, orderId, signal, [proofs.payload(orderId, newer as Command)]);
    await until('its task to fail', async () =>
      (await orders.workflow(orderId).fetchHistory()).events?.some((event) => typeOf(event) === 'workflowTaskFailed'),
    );
    expect(wordFor(await orders.submit(other, create(1)))).toBe('accepted');
    expect(await orders.logOf(orderId)).toHaveLength(3);
  });

  test('is done by the first worker that knows it', async () => {
    const own = await testOrders({ worker: false });
    const code = readFileSync(inject('workflowBundlePath'), 'utf8');
    const older = code.replace('extendInspection: {', 'notYetKnown: {');
    expect(older).not.toBe(code);
    const first = await own.startWorker({ bundle: { code: older } });
    const terms = { ...DEFAULT_TERMS, inspectionPeriodSeconds: 600 };
    const orderId = await own.createOrder({ funded: true, terms });
    expect(wordFor(await own.submit(orderId, create(0)))).toBe('accepted');
    expect(wordFor(await own.submit(orderId, complete(0)))).toBe('accepted');
    const extend = command('milestone.extend', { milestoneIndex: 0, seconds: 60, actor: { role: 'buyer', id: 'b' } });
    expect(await own.signals.send(orderId, [extend])).toBe('sent');
    await until('its task to fail', async () =>
      (await own.workflow(orderId).fetchHistory()).events?.some((event) => typeOf(event) === 'workflowTaskFailed'),
    );
    await first.stop();
    await own.startWorker();
    const entry = await until('its outcome', async () => (await own.logOf(orderId))[3], 40_000);
    expect([entry.commandId, entry.outcome]).toEqual([extend.id, 'accepted']);
  });
});
