import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/domain/commands.ts';
import { decide, MAX_HELD_COMMANDS } from '../../src/domain/decide.ts';
import { REASONS } from '../../src/domain/outcomes.ts';
import { command, given, inWords, NOW } from './support/script.ts';
import { rowsOf, rules, story } from './support/table.ts';

// Columns: order  command  outcome. Amounts are 1000.00 for the order and 100.00 a milestone where none is given.

const BY_MILESTONE_STATUS = `
  funded                         create 0    accepted  milestone.created 0 100.00
  funded                         complete 0  rejected  milestone_missing (0)
  funded                         release 0   rejected  milestone_missing (0)
  funded, milestone 0 PENDING    create 0    rejected  milestone_index_taken (0)
  funded, milestone 0 PENDING    complete 0  accepted  milestone.completed 0
  funded, milestone 0 PENDING    release 0   rejected  milestone_not_completed (0)
  funded, milestone 0 COMPLETED  create 0    rejected  milestone_index_taken (0)
  funded, milestone 0 COMPLETED  complete 0  rejected  milestone_already_completed (0)
  funded, milestone 0 COMPLETED  release 0   accepted  milestone.released 0 100.00
  funded, milestone 0 RELEASED   create 0    rejected  milestone_index_taken (0)
  funded, milestone 0 RELEASED   complete 0  rejected  milestone_already_released
  funded, milestone 0 RELEASED   release 0   rejected  milestone_already_released
  funded, milestone 0 CANCELLED  create 0    rejected  milestone_index_taken (0)
  funded, milestone 0 CANCELLED  complete 0  rejected  milestone_cancelled
  funded, milestone 0 CANCELLED  release 0   rejected  milestone_cancelled
  funded, milestone 0 REFUNDED   create 0    rejected  milestone_index_taken (0)
  funded, milestone 0 REFUNDED   complete 0  rejected  milestone_refunded
  funded, milestone 0 REFUNDED   release 0   rejected  milestone_refunded
`;

const BY_ORDER_STATUS = `
  empty                               fund        accepted  escrow_order.funded 1000.00
  empty                               cancel x    rejected  command_not_held
  empty                               create 0    accepted  milestone.created 0 100.00
  milestone 0 PENDING                 complete 0  rejected  order_not_funded
  milestone 0 PENDING                 release 0   rejected  order_not_funded
  funded                              fund        rejected  order_already_funded
  funded, held create 2 as x          cancel x    accepted  command.cancelled x
  order DISPUTED                      fund        accepted  escrow_order.funded 1000.00
  order DISPUTED, funded              fund        rejected  order_already_funded
  order DISPUTED, held create 2 as x  cancel x    accepted  command.cancelled x
  order DISPUTED                      create 0    accepted  milestone.created 0 100.00
  order DISPUTED, funded              create 0    accepted  milestone.created 0 100.00
  completed                           fund        rejected  order_already_funded
  completed                           cancel x    rejected  command_not_held
  completed                           create 1    rejected  order_closed (COMPLETED)
  completed                           complete 0  rejected  order_closed (COMPLETED)
  completed                           release 0   rejected  order_closed (COMPLETED)
  order CANCELLED                     fund        rejected  order_closed (CANCELLED)
  order CANCELLED                     cancel x    rejected  command_not_held
  order CANCELLED                     create 0    rejected  order_closed (CANCELLED)
  order CANCELLED                     complete 0  rejected  order_closed (CANCELLED)
  order CANCELLED                     release 0   rejected  order_closed (CANCELLED)
`;

const BY_RELEASE_TYPE = `
  DELIVERY_PROOF          create 0    rejected  order_not_milestone_locked (DELIVERY_PROOF)
  DELIVERY_PROOF, funded  complete 0  rejected  order_not_milestone_locked (DELIVERY_PROOF)
  DELIVERY_PROOF, funded  release 0   rejected  order_not_milestone_locked (DELIVERY_PROOF)
  TIME_LOCKED             create 0    rejected  order_not_milestone_locked (TIME_LOCKED)
  AUTO_RELEASE            create 0    rejected  order_not_milestone_locked (AUTO_RELEASE)
  DELIVERY_PROOF          fund        accepted  escrow_order.funded 1000.00
  TIME_LOCKED, funded     fund        rejected  order_already_funded
  AUTO_RELEASE            cancel x    rejected  command_not_held
`;

const IN_ORDER_OF_THEIR_INDEX = `
  empty                                             create 1    rejected  previous_milestone_missing (0)
  milestone 0 PENDING                               create 3    rejected  previous_milestone_missing (2)
  milestone 0 PENDING                               create 1    accepted  milestone.created 1 100.00
  milestone 0 CANCELLED                             create 1    accepted  milestone.created 1 100.00
  funded, milestones PENDING PENDING                complete 1  rejected  previous_milestone_open (0)
  funded, milestones COMPLETED PENDING              complete 1  accepted  milestone.completed 1
  funded, milestones RELEASED PENDING               complete 1  accepted  milestone.completed 1
  funded, milestones CANCELLED PENDING              complete 1  accepted  milestone.completed 1
  funded, milestones REFUNDED PENDING               complete 1  accepted  milestone.completed 1
  funded, milestones PENDING PENDING                release 1   rejected  previous_milestone_unreleased (0)
  funded, milestones COMPLETED COMPLETED            release 1   rejected  previous_milestone_unreleased (0)
  funded, milestones RELEASED COMPLETED             release 1   accepted  milestone.released 1 100.00
  funded, milestones CANCELLED COMPLETED            release 1   accepted  milestone.released 1 100.00
  funded, milestones REFUNDED COMPLETED             release 1   accepted  milestone.released 1 100.00
  funded, milestones RELEASED PENDING               release 1   rejected  milestone_not_completed (1)
  funded, milestones PENDING PENDING PENDING        complete 2  rejected  previous_milestone_open (1)
  funded, milestones PENDING CANCELLED PENDING      complete 2  rejected  previous_milestone_open (0)
  funded, milestones PENDING REFUNDED PENDING       complete 2  rejected  previous_milestone_open (0)
  funded, milestones COMPLETED CANCELLED PENDING    complete 2  accepted  milestone.completed 2
  funded, milestones COMPLETED CANCELLED COMPLETED  release 2   rejected  previous_milestone_unreleased (0)
  funded, milestones COMPLETED REFUNDED COMPLETED   release 2   rejected  previous_milestone_unreleased (0)
  funded, milestones RELEASED CANCELLED COMPLETED   release 2   accepted  milestone.released 2 100.00
`;

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

/** Several reasons hold on every line; the last column names those that are passed over. */
const PRECEDENCE = `
  DELIVERY_PROOF, order CANCELLED         create 0                          rejected  order_not_milestone_locked (DELIVERY_PROOF)  over order_closed
  DELIVERY_PROOF                          create 0 of 1000.01               rejected  order_not_milestone_locked (DELIVERY_PROOF)  over total_exceeds_order
  DELIVERY_PROOF                          complete 0                        rejected  order_not_milestone_locked (DELIVERY_PROOF)  over order_not_funded
  completed                               fund                              rejected  order_already_funded                         over order_closed
  completed                               complete 0                        rejected  order_closed (COMPLETED)                     over milestone_already_released
  order CANCELLED                         complete 0                        rejected  order_closed (CANCELLED)                     over order_not_funded
  order CANCELLED, milestones CANCELLED   create 0                          rejected  order_closed (CANCELLED)                     over milestone_index_taken
  order CANCELLED                         create 0 of 1000.01               rejected  order_closed (CANCELLED)                     over total_exceeds_order
  order CANCELLED                         create 5                          rejected  order_closed (CANCELLED)                     over previous_milestone_missing
  milestones PENDING                      create 0 of 0.0000001             rejected  invalid_command (amount)                     over milestone_index_taken
  empty                                   create 0 of 1000.0000001          rejected  invalid_command (amount)                     over total_exceeds_order
  milestones PENDING                      create 0 of 1000.01               rejected  milestone_index_taken (0)                    over total_exceeds_order
  empty                                   create 5 of 1000.01               rejected  total_exceeds_order                          over previous_milestone_missing
  empty                                   create 5 of 1000.01 wait forever  rejected  total_exceeds_order                          over previous_milestone_missing
  DELIVERY_PROOF                          create 0 of 0.0000001             rejected  invalid_command (amount)                     over order_not_milestone_locked
  order CANCELLED                         create 0 of 0.0000001             rejected  invalid_command (amount)                     over order_closed
  empty                                   complete 0                        rejected  order_not_funded                             over milestone_missing
  empty                                   release 0                         rejected  order_not_funded                             over milestone_missing
  milestones PENDING PENDING              complete 1                        rejected  order_not_funded                             over previous_milestone_open
  funded                                  complete 5                        rejected  milestone_missing (5)                        over previous_milestone_missing
  funded, milestones PENDING CANCELLED    complete 1                        rejected  milestone_cancelled                          over previous_milestone_open
  funded, milestones COMPLETED CANCELLED  release 1                         rejected  milestone_cancelled                          over milestone_not_completed
  funded, milestones PENDING PENDING      release 1                         rejected  previous_milestone_unreleased (0)            over milestone_not_completed
  funded, milestones COMPLETED REFUNDED   release 1                         rejected  milestone_refunded                           over previous_milestone_unreleased
`;

describe('Every command in every status of a milestone', () => rules(BY_MILESTONE_STATUS));
describe('Every command in every status of the order', () => {
  rules(BY_ORDER_STATUS);
});
describe('Milestone commands are for MILESTONE_LOCKED orders only; funding is for all', () => rules(BY_RELEASE_TYPE));
describe('Milestones are processed in the order of their index', () => rules(IN_ORDER_OF_THEIR_INDEX));
describe('The milestones may equal but not exceed the order amount', () => rules(WITHIN_THE_ORDER_AMOUNT));
describe('A command whose turn has not come is held for as long as it wants to wait', () => rules(HELD_UNTIL_ITS_TURN));
describe('Of two reasons that hold, the first in the order of precedence is recorded', () => rules(PRECEDENCE));

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
      release 0   accepted  milestone.released 0 100.00
      release 0   rejected  milestone_already_released
      complete 0  rejected  milestone_already_released
      release 1   accepted  milestone.released 1 100.00
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
      release 0           accepted  milestone.released 0 300.00
      create 1 of 699.99  accepted  milestone.created 1 699.99
      complete 1          accepted  milestone.completed 1
      release 1           accepted  milestone.released 1 699.99
      create 2 of 0.01    accepted  milestone.created 2 0.01
      complete 2          accepted  milestone.completed 2
      release 2           accepted  milestone.released 2 0.01 + escrow_order.completed
      create 3 of 0.01    rejected  order_closed (COMPLETED)
      fund                rejected  order_already_funded
    `,
  );
  rules(`
    funded, milestone 0 REFUNDED of 400.00, milestone 1 COMPLETED of 600.00   release 1  accepted  milestone.released 1 600.00 + escrow_order.completed
    funded, milestone 0 REFUNDED of 399.99, milestone 1 COMPLETED of 600.00   release 1  accepted  milestone.released 1 600.00
    funded, milestone 0 CANCELLED of 400.00, milestone 1 COMPLETED of 600.00  release 1  accepted  milestone.released 1 600.00
  `);
});

describe('With autoReleaseOnProof a completed milestone is released at once, in its turn', () => {
  rules(`
    auto-release, funded, milestone 0 PENDING             complete 0  accepted  milestone.completed 0 + milestone.released 0 100.00
    auto-release, funded, milestone 0 PENDING of 1000.00  complete 0  accepted  milestone.completed 0 + milestone.released 0 1000.00 + escrow_order.completed
    auto-release, funded, milestones RELEASED PENDING     complete 1  accepted  milestone.completed 1 + milestone.released 1 100.00
    auto-release, funded, milestones CANCELLED PENDING    complete 1  accepted  milestone.completed 1 + milestone.released 1 100.00
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

describe('The closed set of reasons', () => {
  it('has each of its reasons on a line above, or produced elsewhere', () => {
    const ELSEWHERE = [
      'held_commands_full', // above, outside the tables
      'command_cancelled', // propose.ts: the held command that a cancel withdrew (propose.test.ts)
      'internal_conflict', // src/activities/order-log.ts: the culprit of a permanent SQL error
    ];
    const tables = [BY_MILESTONE_STATUS, BY_ORDER_STATUS, BY_RELEASE_TYPE, IN_ORDER_OF_THEIR_INDEX, PRECEDENCE];
    const named = tables.flatMap(rowsOf).map((columns) => columns[3]?.split(' ')[0] ?? '');
    expect(REASONS.filter((reason) => !named.includes(reason))).toEqual(ELSEWHERE);
  });
  it('is in order of precedence: whatever is passed over above comes later in it', () => {
    const rank = (reason = '') => (REASONS as readonly string[]).indexOf(reason);
    const pairs = rowsOf(PRECEDENCE).map((columns) => [columns[3]?.split(' ')[0], columns[4]?.replace('over ', '')]);
    expect(pairs.filter(([first, second]) => !(rank(first) >= 0 && rank(first) < rank(second)))).toEqual([]);
  });
});
