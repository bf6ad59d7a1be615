import { describe, expect, it } from 'vitest';
import { evolve } from '../../src/domain/evolve.ts';
import type { OrderEvent, RecordedEntry } from '../../src/domain/outcomes.ts';
import { deepFrozen } from './support/recorder.ts';
import { command, emptyOrder, given } from './support/script.ts';

const accepted = (version: number, ...events: OrderEvent[]): RecordedEntry => ({
  version,
  commandId: `cmd_${version}`,
  at: version * 1_000,
  outcome: 'accepted',
  events,
});

describe('Folding the log', () => {
  it('gives the order as it was recorded', () => {
    const order = evolve(emptyOrder(), [
      accepted(1, { type: 'escrow_order.funded', amount: '1000.00' }),
      accepted(2, { type: 'milestone.created', index: 0, amount: '400.00' }),
      accepted(3, { type: 'milestone.created', index: 1, amount: '600.00' }),
      accepted(
        4,
        { type: 'milestone.completed', index: 0 },
        { type: 'milestone.released', index: 0, amount: '400.00' },
      ),
      accepted(5, { type: 'milestone.completed', index: 1 }),
    ]);
    expect(order).toEqual(
      emptyOrder({
        version: 5,
        lastAt: 5_000,
        funded: '1000.00',
        allocated: '1000.00',
        released: '400.00',
        milestones: [
          { status: 'RELEASED', amount: '400.00' },
          { status: 'COMPLETED', amount: '600.00' },
        ],
      }),
    );
    const closed = evolve(order, [accepted(6, { type: 'escrow_order.completed' })]);
    expect(closed).toEqual({ ...order, version: 6, lastAt: 6_000, status: 'COMPLETED' });
  });
  it('moves every total that a change, a refund or a partial release moves', () => {
    const order = evolve(given('funded, milestones PENDING PENDING PENDING'), [
      accepted(1, { type: 'milestone.amended', index: 1, amount: '250.00', previousAmount: '100.00' }),
      accepted(2, { type: 'milestone.cancelled', index: 2 }),
      accepted(3, { type: 'milestone.completed', index: 0 }),
      accepted(4, { type: 'milestone.released', index: 0, amount: '60.00', refundedAmount: '40.00' }),
      accepted(5, { type: 'escrow_order.refunded', amount: '50.00' }),
      accepted(6, { type: 'milestone.completed', index: 1 }),
      accepted(7, { type: 'milestone.reopened', index: 1 }),
    ]);
    expect(order).toEqual({
      ...given('funded'),
      version: 7,
      lastAt: 7_000,
      allocated: '350.00',
      released: '60.00',
      refunded: '90.00',
      paidUnallocated: '50.00',
      milestones: [
        { status: 'RELEASED', amount: '100.00' },
        { status: 'PENDING', amount: '250.00' },
        { status: 'CANCELLED', amount: '100.00' },
      ],
    });
    const closed = evolve(order, [
      accepted(
        8,
        { type: 'milestone.cancelled', index: 1 },
        { type: 'escrow_order.cancelled', refundedAmount: '850.00' },
      ),
    ]);
    expect(closed).toMatchObject({ status: 'CANCELLED', allocated: '100.00', refunded: '940.00' });
    expect(closed).toMatchObject({ released: '60.00', paidUnallocated: '900.00' });
  });
  it('of a cancelled order counts what milestones got back once', () => {
    const closed = evolve(given('funded, milestones RELEASED COMPLETED'), [
      accepted(
        1,
        { type: 'milestone.refunded', index: 1, amount: '100.00' },
        { type: 'escrow_order.cancelled', refundedAmount: '900.00' },
      ),
    ]);
    expect(closed).toMatchObject({ released: '100.00', refunded: '900.00', paidUnallocated: '800.00' });
  });
  it('believes it: a release of an open milestone is folded, for deciding was the business of others', () => {
    const order = evolve(given('funded, milestones PENDING'), [
      accepted(1, { type: 'milestone.released', index: 0, amount: '100.00' }),
    ]);
    expect(order).toMatchObject({ released: '100.00', milestones: [{ status: 'RELEASED' }] });
  });
  it('ends a command’s wait with its outcome, whichever it is, and only its own', () => {
    const order = given('held create 2 wait 5, held create 3 wait 5');
    const rejected: RecordedEntry = { version: 1, commandId: 'create-2', at: 1_005, outcome: 'rejected' };
    expect(evolve(order, [rejected]).held).toEqual(order.held.slice(1));
    const done = { ...accepted(1), commandId: 'create-3' };
    expect(evolve(order, [done]).held).toEqual(order.held.slice(0, 1));
  });
  it('keeps held commands in the order in which they were held, and marks a withdrawn one', () => {
    const held = (version: number, words: string): RecordedEntry => ({
      version,
      commandId: command(words).id,
      at: 1_000,
      outcome: 'held',
      held: { command: command(words), until: null },
    });
    const order = evolve(emptyOrder(), [
      held(1, 'create 9 wait forever'),
      held(2, 'create 4 wait forever'),
      accepted(3, { type: 'command.cancelled', commandId: 'create-4' }),
    ]);
    expect(order.held.map(({ command, cancelled }) => [command.id, cancelled])).toEqual([
      ['create-9', false],
      ['create-4', true],
    ]);
  });
  it.each([
    ['a gap', [2]],
    ['a repeat', [1, 1]],
    ['a step back', [1, 2, 1]],
  ])('refuses %s: the log has every version once, in order', (_, versions) => {
    expect(() =>
      evolve(
        emptyOrder(),
        versions.map((version) => accepted(version)),
      ),
    ).toThrow(/does not follow version/);
  });
  it('never takes time back', () => {
    const late = { ...accepted(1), at: 500 };
    expect(evolve(emptyOrder({ lastAt: 900 }), [late]).lastAt).toBe(900);
  });
  it.each<OrderEvent>([
    { type: 'milestone.amended', index: 3, amount: '1.00', previousAmount: '2.00' },
    { type: 'milestone.cancelled', index: 3 },
    { type: 'milestone.reopened', index: 3 },
    { type: 'milestone.refunded', index: 3, amount: '1.00' },
  ])('refuses a $type of a milestone that was never created', (event) => {
    expect(() => evolve(given('funded, milestones PENDING'), [accepted(1, event)])).toThrow(/before it creates it/);
  });
  it('leaves the order it started from as it was', () => {
    const order = deepFrozen(given('funded, milestones COMPLETED, held create 2 wait 5'));
    const before = JSON.stringify(order);
    const next = evolve(order, [
      accepted(1, { type: 'milestone.released', index: 0, amount: '100.00' }),
      accepted(2, { type: 'command.cancelled', commandId: 'create-2' }),
    ]);
    expect(JSON.stringify(order)).toBe(before);
    expect(next.milestones[0]?.status).toBe('RELEASED');
  });
});
