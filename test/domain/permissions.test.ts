import { describe, expect, it } from 'vitest';
import { ACTOR_ROLES, type ActorRole, COMMAND_TYPES } from '../../src/domain/commands.ts';
import { decide } from '../../src/domain/decide.ts';
import { isAllowed, RIGHTS } from '../../src/domain/permissions.ts';
import { command, given, NOW } from './support/script.ts';
import { rowsOf } from './support/table.ts';

/** Who may send what. The first column is a command in words, the second what of the order's terms matters. */
const TABLE = `
  command                             terms             merchant  buyer  arbiter  operator  system
  create 0                            any               yes       no     no       yes       yes
  batch 0:1.00                        any               yes       no     no       yes       yes
  complete 0                          any               yes       no     no       yes       yes
  release 0                           releaseBy merchant  yes     yes    no       yes       yes
  release 0                           releaseBy buyer   no        yes    no       yes       yes
  release 0 of 1.00                   releaseBy merchant  yes     no     no       yes       yes
  release 0 of 1.00                   releaseBy buyer   no        no     no       yes       yes
  amend 0                             any               yes       no     no       yes       yes
  cancel-milestone 0                  any               yes       no     no       yes       yes
  reopen 0                            any               yes       yes    no       yes       yes
  extend 0                            any               yes       yes    no       yes       yes
  remind 0                            any               no        no     no       no        yes
  expire 0                            any               no        no     no       no        yes
  raise                               any               yes       yes    yes      yes       yes
  raise 0                             any               yes       yes    yes      yes       yes
  resolve MERCHANT_WON                any               no        yes    yes      yes       yes
  resolve BUYER_WON                   any               yes       no     yes      yes       yes
  resolve PARTIAL_REFUND 1.00 1.00    any               no        no     yes      yes       yes
  withdraw                            any               yes       yes    yes      yes       yes
  fund                                any               yes       yes    no       yes       yes
  refund                              any               yes       no     no       yes       yes
  cancel-order                        any               yes       no     no       yes       yes
  advance 60                          any               yes       yes    yes      yes       yes
  cancel-intent                       any               yes       yes    no       yes       yes
  settle 0 PAID                       any               no        no     no       no        yes
  retry 0                             any               yes       no     no       yes       yes
  cancel x                            any               yes       yes    yes      yes       yes
`;
const [[, , ...ROLES] = [], ...ROWS] = rowsOf(TABLE);
const termsOf = (words: string) => (words === 'any' ? 'releaseBy merchant' : words);

describe('Who may send a command', () => {
  for (const [words = '', terms = '', ...cells] of ROWS) {
    for (const [position, cell] of cells.entries()) {
      const role = ROLES[position] as ActorRole;
      it(`${role} ${cell === 'yes' ? 'may' : 'may not'} ${words} (${terms})`, () => {
        const order = given(`funded, ${termsOf(terms)}, milestones COMPLETED`);
        const asked = command(`${words} by ${role}`);
        expect(isAllowed(order, asked)).toBe(cell === 'yes');
        const decision = decide(order, asked, NOW);
        const part = words.includes(' of ') && { param: 'amount' };
        const refusal = { outcome: 'rejected', reason: 'role_not_allowed', detail: { role, ...part } };
        if (cell === 'yes') expect(decision).not.toMatchObject({ reason: 'role_not_allowed' });
        else expect(decision).toEqual(refusal);
      });
    }
  }
  it('is told for every role, every command and every right', () => {
    expect([...ROLES].sort()).toEqual([...ACTOR_ROLES].sort());
    expect(new Set(ROWS.map(([words = '']) => command(words).type))).toEqual(new Set(COMMAND_TYPES));
    // A line more than rights: a dispute about one milestone is no right of its own.
    expect(ROWS.length).toBe(Object.keys(RIGHTS).length + 1);
    for (const row of ROWS) expect(row.length).toBe(2 + ROLES.length);
  });
});
