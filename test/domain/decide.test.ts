import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/domain/commands.ts';
import { decide } from '../../src/domain/decide.ts';
import { MAX_HELD_COMMANDS } from '../../src/domain/decisions.ts';
import {
  BY_MILESTONE_STATUS,
  BY_ORDER_STATUS,
  BY_RELEASE_TYPE,
  IN_ORDER_OF_THEIR_INDEX,
} from './support/rule-tables.ts';
import { command, given, inWords, NOW } from './support/script.ts';
import { rules, story } from './support/table.ts';

// Columns: order  command  outcome. Amounts are 1000.00 for the order and 100.00 a milestone where none is given.

const WITHIN_THE_ORDER_AMOUNT = `
  empty                                           create 0 of 1000.00               accepted  milestone.created 0 1000.00
  empty                                           create 0 of 1000.000001           rejected  total_exceeds_order
  milestone 0 PENDING of 999.999999               create 1 of 0.000001              accepted  milestone.created 1 0.000001
  milestone 0 PENDING of 999.999999               create 1 of 0.000002              rejected  total_exceeds_order
  milestone 0 CANCELLED of 1000.00                create 1 of 1000.00               accepted  milestone.created 1 1000.00
  funded, milestone 0 RELEASED of 900.00          create 1 of 100.01                rejected  total_exceeds_order
  funded, milestone 0 REFUNDED of 900.00          create 1 of 100.01                rejected  total_exceeds_order
  order of 0.30 USD, milestone 0 PENDING of 0.10  create 1 of 0.20                  accepted  milestone.created 1 0.20
  order of 1000.00 USDC                           create 0 of 0.0000001             rejected  invalid_command (amount)
  order of 1000.00 USDC                           create 0 of 1.0000000             rejected  invalid_command (amount)
  order of 1000.00 USD                            create 0 of 1.000                 rejected  invalid_command (amount)
  empty                                           create 0 of 100                   accepted  milestone.created 0 100.00
  empty                                           create 0 of 0.1230                accepted  milestone.created 0 0.123
  order of 1000.00 USDT                           create 0 of 0.000001              accepted  milestone.created 0 0.000001
  order of 1000.00 EUR                            create 0 of 0.001                 rejected  invalid_command (amount)
  order of 1000.00 USD                            create 0 of 0.01                  accepted  milestone.created 0 0.01
  order of 1000.00 DAI                            create 0 of 0.000000000000000001  accepted  milestone.created 0 0.000000000000000001
  empty                                           create 0 due 5000                 accepted  milestone.created 0 100.00 due 5000
`;

const HELD_UNTIL_ITS_TURN = `
  empty                                   create 1 wait 2000       held      previous_milestone_missing (0) until 3000
  empty                                   create 1 wait 1          held      previous_milestone_missing (0) until 1001
  empty                                   create 3 wait forever    held      previous_milestone_missing (2) without end
  funded                                  complete 0 wait 2000     held      milestone_missing (0) until 3000
  funded                                  release 4 wait forever   held      milestone_missing (4) without end
  funded, milestones PENDING PENDING      complete 1 wait forever  held      previous_milestone_open (0) without end
  funded, milestone 0 PENDING             release 0 wait forever   held      milestone_not_completed (0) without end
  funded, milestones COMPLETED COMPLETED  release 1 wait 500       held      previous_milestone_unreleased (0) until 1500
  milestone 0 PENDING                     complete 0 wait forever  rejected  order_not_funded
  funded, milestone 0 COMPLETED           complete 0 wait forever  rejected  milestone_already_completed (0)
  milestone 0 PENDING                     create 0 wait forever    rejected  milestone_index_taken (0)
  empty                                   create 0 wait forever    accepted  milestone.created 0 100.00
`;

describe('Every command in every status of a milestone', () => rules(BY_MILESTONE_STATUS));
describe('Every command in every status of the order', () => {
  rules(BY_ORDER_STATUS);
});
describe('Milestone commands are for MILESTONE_LOCKED orders only; funding is for all', () => rules(BY_RELEASE_TYPE));
describe('Milestones are processed in the order of their index', () => rules(IN_ORDER_OF_THEIR_INDEX));
describe('The milestones may equal but not exceed the order amount', () => rules(WITHIN_THE_ORDER_AMOUNT));
describe('A command whose turn has not come is held for as long as it wants to wait', () => rules(HELD_UNTIL_ITS_TURN));

describe('An order lives through its milestones one after the other', () => {
  story(
    'funded, milestones PENDING PENDING',
    `
      complete 1  rejected  previous_milestone_open (0)
      release 0   rejected  milestone_not_completed (0)
      complete 0  accepted  milestone.completed 0
      complete 0  rejected  milestone_already_completed (0)
      complete 1  accepted  milestone.completed 1
      release 1   rejected  previous_milestone_unreleased (0)
      release 0   accepted  milestone.released 0 100.00 + payout.created 0 100.00
      release 0   rejected  milestone_already_released
      complete 0  rejected  milestone_already_released
      release 1   accepted  milestone.released 1 100.00 + payout.created 1 100.00
    `,
  );
  story(
    'empty',
    `
      create 1              rejected  previous_milestone_missing (0)
      create 0 of 300.00    accepted  milestone.created 0 300.00
      create 0 of 300.00    rejected  milestone_index_taken (0)
      complete 0            rejected  order_not_funded
      fund                  accepted  escrow_order.funded 1000.00
      fund                  rejected  order_already_funded
      create 1 of 700.01    rejected  total_exceeds_order
      create 1 of 700.00    accepted  milestone.created 1 700.00
      create 2 of 0.000001  rejected  total_exceeds_order
    `,
  );
});

describe('An order completes by itself when nothing is left in escrow, and not before', () => {
  story(
    'funded, milestone 0 COMPLETED of 300.00',
    `
      release 0           accepted  milestone.released 0 300.00 + payout.created 0 300.00
      create 1 of 699.99  accepted  milestone.created 1 699.99
      complete 1          accepted  milestone.completed 1
      release 1           accepted  milestone.released 1 699.99 + payout.created 1 699.99
      create 2 of 0.01    accepted  milestone.created 2 0.01
      complete 2          accepted  milestone.completed 2
      release 2           accepted  milestone.released 2 0.01 + payout.created 2 0.01 + escrow_order.completed
      create 3 of 0.01    rejected  order_closed (COMPLETED)
      fund                rejected  order_already_funded
    `,
  );
  rules(`
    funded, milestone 0 REFUNDED of 400.00, milestone 1 COMPLETED of 600.00   release 1  accepted  milestone.released 1 600.00 + payout.created 1 600.00 + escrow_order.completed
    funded, milestone 0 REFUNDED of 399.99, milestone 1 COMPLETED of 600.00   release 1  accepted  milestone.released 1 600.00 + payout.created 1 600.00
    funded, milestone 0 CANCELLED of 400.00, milestone 1 COMPLETED of 600.00  release 1  accepted  milestone.released 1 600.00 + payout.created 1 600.00
  `);
});

describe('With autoReleaseOnProof a completed milestone is released at once, in its turn', () => {
  rules(`
    auto-release, funded, milestone 0 PENDING             complete 0  accepted  milestone.completed 0 + milestone.released 0 100.00 + payout.created 0 100.00
    auto-release, funded, milestone 0 PENDING of 1000.00  complete 0  accepted  milestone.completed 0 + milestone.released 0 1000.00 + payout.created 0 1000.00 + escrow_order.completed
    auto-release, funded, milestones RELEASED PENDING     complete 1  accepted  milestone.completed 1 + milestone.released 1 100.00 + payout.created 1 100.00
    auto-release, funded, milestones CANCELLED PENDING    complete 1  accepted  milestone.completed 1 + milestone.released 1 100.00 + payout.created 1 100.00
    auto-release, funded, milestones COMPLETED PENDING    complete 1  accepted  milestone.completed 1
    auto-release, milestone 0 PENDING                     complete 0  rejected  order_not_funded
    auto-release, funded, milestones PENDING PENDING      complete 1  rejected  previous_milestone_open (0)
  `);
  it('names the system as the releaser and keeps what the merchant wrote on the completion', () => {
    const details = { completedBy: 'ann', completionProof: 'proof' };
    const complete: Command = { ...command('complete 0'), details };
    const decision = decide(given('auto-release, funded, milestone 0 PENDING'), complete, NOW);
    expect(decision).toEqual({
      outcome: 'accepted',
      events: [
        { type: 'milestone.completed', index: 0, details },
        { type: 'milestone.released', index: 0, amount: '100.00', details: { releasedBy: 'system' } },
        { type: 'payout.created', milestoneIndex: 0, amount: '100.00' },
      ],
    });
  });
});

describe(`At most ${MAX_HELD_COMMANDS} commands wait for their turn on one order`, () => {
  const full = given('funded');
  full.held = Array.from({ length: MAX_HELD_COMMANDS }, (_, position) => ({
    command: command(`create ${position + 2} of 0.01 wait forever`),
    until: null,
    cancelled: false,
  }));
  const oneLess = { ...full, held: full.held.slice(1) };
  const outcome = (order: typeof full, words: string) => inWords(decide(order, command(words), NOW));

  it('the last place is given away', () => {
    expect(outcome(oneLess, 'create 1 wait 1')).toBe('held previous_milestone_missing (0) until 1001');
  });
  it('the next command is refused as overload, whatever it waits for', () => {
    expect(outcome(full, 'create 1 wait 1')).toBe('rejected held_commands_full');
    expect(outcome(full, 'complete 1 wait forever')).toBe('rejected held_commands_full');
  });
  it('one that is held already keeps its place', () => {
    expect(outcome(full, 'create 2 of 0.01 wait forever')).toBe('held previous_milestone_missing (1) without end');
  });
  it('commands whose turn it is, and those that do not want to wait, are decided as ever', () => {
    expect(outcome(full, 'create 0')).toBe('accepted milestone.created 0 100.00');
    expect(outcome(full, 'create 1')).toBe('rejected previous_milestone_missing (0)');
    expect(outcome(full, 'cancel create-2')).toBe('accepted command.cancelled create-2');
  });
});

describe('A held command is withdrawn once', () => {
  story(
    'held create 2 wait forever as x',
    'cancel x   accepted  command.cancelled x\n cancel x   rejected  command_not_held',
  );
});
