/** Commands that wait for their turn, or whose outcome is not known: the call waits, and gets what became of them. */
import { describe, expect, test } from 'vitest';
import { type Command, isTrancheError } from '../../clients/typescript/src/index.ts';
import { testClient, thrownBy } from '../support/client.ts';
import { until } from '../support/until.ts';

const { tranche, createOrder } = await testClient();

async function heldCommand(intentId: string, amount = '1.00'): Promise<Command> {
  const outcome = await tranche.milestones.create(
    intentId,
    { milestoneIndex: 1, amount },
    { turn: 'hold', wait: false },
  );
  if (outcome.settled) throw new Error('Milestone 1 cannot come before milestone 0');
  return outcome.command;
}

/** A create of milestone 1 that is held, and its command. */
async function heldCreate(intentId: string, options: { signal?: AbortSignal; commandWaitMs?: number } = {}) {
  const created = tranche.milestones.create(
    intentId,
    { milestoneIndex: 1, amount: '600.00' },
    { turn: 'hold', ...options },
  );
  created.catch(() => {});
  const commandId = await until('the command to be held', async () => {
    for await (const entry of tranche.escrowOrders.timeline(intentId))
      if (entry.outcome === 'held') return entry.commandId;
    return null;
  });
  return { created, commandId };
}

test('a milestone that comes too early is answered when its turn has come', async () => {
  const { intentId } = await createOrder();
  const { created } = await heldCreate(intentId);
  await tranche.milestones.create(intentId, { milestoneIndex: 0, amount: '400.00' });
  expect(await created).toMatchObject({ milestoneIndex: 1, amount: '600.00', status: 'PENDING' });
});

test('a held command that is refused in the end throws what it was refused for', async () => {
  const { intentId } = await createOrder();
  const { created, commandId } = await heldCreate(intentId);
  await tranche.milestones.create(intentId, { milestoneIndex: 0, amount: '500.00' });
  const error = await thrownBy(created);
  expect(isTrancheError(error, 'total_exceeds_order')).toBe(true);
  expect(error).toMatchObject({
    message: 'Total milestone amounts exceed escrow order amount',
    code: 'invalid_request',
    command: { id: commandId, status: 'REJECTED' },
  });
});

test('a held command that is withdrawn throws "command_cancelled"', async () => {
  const { intentId } = await createOrder();
  const { created, commandId } = await heldCreate(intentId);
  expect(await tranche.commands.cancel(commandId)).toMatchObject({ id: commandId, status: 'REJECTED' });
  expect(await thrownBy(created)).toMatchObject({ reason: 'command_cancelled' });
});

test('whoever does not wait gets the command, and may wait for it later', async () => {
  const { intentId } = await createOrder();
  const command = await heldCommand(intentId);
  expect(command).toMatchObject({ status: 'HELD', waitingFor: 'milestone 0 to be created' });
  expect((await tranche.commands.get(command.id)).status).toBe('HELD');
  const first = await tranche.milestones.create(intentId, { milestoneIndex: 0, amount: '1.00' }, { wait: false });
  expect(first).toMatchObject({ settled: true, result: { milestoneIndex: 0 } });
  const accepted = await tranche.commands.wait(command.id);
  expect(accepted).toMatchObject({ status: 'ACCEPTED', result: { object: 'milestone', data: { milestoneIndex: 1 } } });
});

test('waiting is bounded, and the error holds the command that may still happen', async () => {
  const { intentId } = await createOrder();
  const { created, commandId } = await heldCreate(intentId, { commandWaitMs: 300 });
  const error = await thrownBy(created);
  expect(error).toMatchObject({ reason: 'command_unsettled', command: { id: commandId, status: 'HELD' } });
  await tranche.milestones.create(intentId, { milestoneIndex: 0, amount: '1.00' });
  expect((await tranche.commands.wait(commandId)).status).toBe('ACCEPTED');
});

test('a turn that is not waited for is refused at once, and one that does not come is refused in time', async () => {
  const { intentId } = await createOrder();
  for (const turn of ['refuse', { seconds: 0 }] as const) {
    const early = tranche.milestones.create(intentId, { milestoneIndex: 1, amount: '1.00' }, { turn });
    expect(await thrownBy(early)).toMatchObject({ reason: 'previous_milestone_missing', status: 400 });
  }
  const { created, commandId } = await heldCreate(intentId);
  await tranche.commands.cancel(commandId);
  await thrownBy(created);
});

describe('while no worker runs', async () => {
  const service = await testClient({ roles: { worker: false }, env: { COMMAND_WAIT_MS: '200' } });

  test('a change waits for its outcome, and gets it once there is a worker', async () => {
    const { intentId } = await service.createOrder({ funded: false });
    const created = service.tranche.milestones.create(intentId, { milestoneIndex: 0, amount: '300.00' });
    await until('the client to ask for the command', () =>
      service.proxy.seen.some(({ method, url }) => method === 'GET' && url.startsWith('/v1/commands/')),
    );
    await service.startAnother({ roles: { api: false } });
    expect(await created).toMatchObject({ milestoneIndex: 0, amount: '300.00' });
    expect((await service.tranche.escrowOrders.get(intentId)).milestones.length).toBe(1);
  });
});
