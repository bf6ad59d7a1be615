/** The tables of docs/LIFECYCLE.md that say who may do what, when, and whom it pays. Every cell is tried. */
import { COMMAND_TYPES, type CommandType } from '../../../src/domain/commands.ts';
import { nextDeadline } from '../../../src/domain/deadlines.ts';
import { decide } from '../../../src/domain/decide.ts';
import type { EscrowOrder } from '../../../src/domain/escrow-order.ts';
import type { OrderEvent } from '../../../src/domain/outcomes.ts';
import { gainOf, type Party } from '../one-party/watch.ts';
import { tableOf } from './markdown.ts';
import { Recorder } from './recorder.ts';
import { command, given, NOW } from './script.ts';
import { textOf } from './units.ts';

export const PEOPLE = ['merchant', 'buyer', 'arbiter', 'operator'] as const;
type Person = (typeof PEOPLE)[number];
const PARTIES: readonly Party[] = ['merchant', 'buyer'];

/** What a party may try: a command in words, and orders in which it makes a difference. 100.00 a milestone of 1000.00. */
interface Attempt {
  readonly shown: string;
  readonly words: string;
  readonly states: Readonly<Record<string, string>>;
}

const ONE = ['PENDING', 'COMPLETED', 'RELEASED', 'CANCELLED', 'REFUNDED'] as const;
/** By the milestone's status, and then by what stops it. */
const about = (terms = '') => ({
  missing: `funded${terms}`,
  ...Object.fromEntries(
    ONE.map((status) => [status, `funded${terms}, milestone 0 ${status} of 100.00${periodOf(status)}`]),
  ),
  ...Object.fromEntries(
    ['PENDING', 'COMPLETED'].map((status) => [
      `${status}, disputed`,
      `funded${terms}, milestone 0 ${status} of 100.00${periodOf(status)}, disputed 0`,
    ]),
  ),
});
const periodOf = (status: string) => (status === 'COMPLETED' ? ' ends 5000' : '');
const ofTheOrder = {
  unfunded: 'milestone 0 PENDING',
  PENDING: 'funded, milestones COMPLETED PENDING',
  DISPUTED: 'funded, milestones COMPLETED PENDING, disputed',
  COMPLETED: 'completed',
};
const disputedBy = Object.fromEntries(
  PEOPLE.map((role) => [`disputed by the ${role}`, `funded, milestones COMPLETED, disputed 0 by ${role}`]),
);
const heldBy = Object.fromEntries(
  PEOPLE.map((role) => [`sent by the ${role}`, `funded, milestones PENDING, held release 0 as x by ${role}`]),
);
const paidOut = { pending: 'PENDING', failed: 'FAILED', paid: 'PAID' };
const payouts = Object.fromEntries(
  Object.entries(paidOut).map(([name, status]) => [
    `payout ${name}`,
    `funded, milestone 0 RELEASED of 100.00 payout ${status}`,
  ]),
);

const BUYER = ', releaseBy buyer';
const attempt = (words: string, states: Attempt['states'], terms = ''): Attempt => {
  // Only of these it makes a difference how they are sent.
  const [, detail] = /^(?:release 0|resolve) (.+)$/.exec(words) ?? [];
  return {
    words,
    states,
    shown: [[command(words).type, detail].filter(Boolean).join(' '), terms].filter(Boolean).join(', '),
  };
};

const ATTEMPTS: readonly Attempt[] = [
  attempt('create 0', about()),
  attempt('batch 0:100.00', about()),
  attempt('amend 0', about()),
  attempt('cancel-milestone 0', about()),
  attempt('complete 0', about()),
  attempt('complete 0', about(', auto-release'), '`autoRelease`'),
  attempt('complete 0', about(`, auto-release${BUYER}`), '`autoRelease`, `releaseBy: buyer`'),
  attempt('release 0', about()),
  attempt('release 0 of 60.00', about()),
  attempt('release 0', about(BUYER), '`releaseBy: buyer`'),
  attempt('release 0 of 60.00', about(BUYER), '`releaseBy: buyer`'),
  attempt('reopen 0', about()),
  attempt('extend 0', about()),
  attempt('remind 0', about()),
  attempt('expire 0', about()),
  attempt('raise 0', about()),
  attempt('resolve MERCHANT_WON', { disputed: 'funded, milestones COMPLETED, disputed 0' }),
  attempt('resolve BUYER_WON', { disputed: 'funded, milestones COMPLETED, disputed 0' }),
  attempt('resolve PARTIAL_REFUND 60.00 40.00', { disputed: 'funded, milestones COMPLETED, disputed 0' }),
  attempt('withdraw', disputedBy),
  attempt('cancel x', heldBy),
  attempt('fund', ofTheOrder),
  attempt('refund', ofTheOrder),
  attempt('cancel-order', ofTheOrder),
  attempt('cancel-intent', ofTheOrder),
  attempt('advance 60', ofTheOrder),
  attempt('settle 0 PAID', payouts),
  attempt('retry 0', payouts),
];

/** What a person gets out of a command: nothing may be done, it may be done, or it may and pays somebody. */
interface Try {
  readonly isAccepted: boolean;
  readonly gains: Readonly<Record<Party, bigint>>;
}

function tried(state: string, words: string, person: Person): Try {
  const decision = decide(given(state), command(`${words} by ${person}`), NOW);
  const events: readonly OrderEvent[] = decision.outcome === 'accepted' ? decision.events : [];
  return {
    isAccepted: decision.outcome === 'accepted',
    gains: { merchant: gainOf(events, 'merchant'), buyer: gainOf(events, 'buyer') },
  };
}

function shown({ isAccepted, gains }: Try, person: Person): string {
  if (!isAccepted) return '–';
  const paid = PARTIES.filter((party) => gains[party] > 0n).map((party) => {
    const words = `${party} +${textOf(gains[party])}`;
    return party === person ? `**${words}**` : words;
  });
  return paid.length === 0 ? 'yes' : paid.join(', ');
}

/** A row for each command and each way in which the four may use it; the statuses in which it is so are named. */
export function partyRows(): string[][] {
  return ATTEMPTS.flatMap(({ shown: name, words, states }) => {
    const rows = new Map<string, string[]>();
    for (const [status, state] of Object.entries(states)) {
      const cells = PEOPLE.map((person) => shown(tried(state, words, person), person));
      if (cells.every((cell) => cell === '–')) continue;
      const key = JSON.stringify(cells);
      rows.set(key, [...(rows.get(key) ?? []), status]);
    }
    if (rows.size === 0) return [[name, 'never', ...PEOPLE.map(() => '–')]];
    return [...rows].map(([key, statuses]) => [name, statuses.join('; '), ...(JSON.parse(key) as string[])]);
  });
}

/** What a party does to itself by its own command alone: command and person, where it gains. */
export function ownGains(): string[] {
  return ATTEMPTS.flatMap(({ shown: name, words, states }) =>
    PARTIES.filter((party) => Object.values(states).some((state) => tried(state, words, party).gains[party] > 0n)).map(
      (party) => `${party}: ${name}`,
    ),
  );
}

export const typesTried: ReadonlySet<CommandType> = new Set(ATTEMPTS.map(({ words }) => command(words).type));
export const typesNotTried = COMMAND_TYPES.filter((type) => !typesTried.has(type));

/** What happens by itself: an order in words, the command that starts the clock, and what keeps it from being misused. */
interface Clock {
  readonly deadline: string;
  readonly terms: string;
  readonly state: string;
  readonly start: string;
  readonly because: string;
}

const WAITS = 'somebody else has to decide';
const DISPUTED = 'funded, milestones COMPLETED';
const CLOCKS: readonly Clock[] = [
  {
    ...{ deadline: 'inspection', terms: '`inspectionPeriodSeconds`', start: 'complete 0' },
    state: 'funded, inspection 60, milestones PENDING',
    because: 'the buyer has all of the period to reject, dispute or extend; a dispute takes none of it',
  },
  {
    ...{ deadline: 'due date', terms: '`onOverdue: refund`', start: 'create 0 due 5000' },
    state: 'funded, onOverdue refund',
    because: 'the merchant has until the date that it gave; rejected work has no date, a dispute takes no time from it',
  },
  {
    ...{ deadline: 'due date', terms: '`onOverdue: event`', start: 'create 0 due 5000' },
    ...{ state: 'funded', because: 'it is only told' },
  },
  ...(['BUYER_WON', 'MERCHANT_WON'] as const).map((word) => ({
    ...{ deadline: 'dispute', terms: `\`disputeDefault: ${word}\``, start: 'raise 0 window 60' },
    state: `${DISPUTED}, disputeDefault ${word}, window 60`,
    because: 'the window is the order’s own at least, and the default never pays who raised it',
  })),
  {
    ...{ deadline: 'held command', terms: '', start: 'create 3 wait 500' },
    ...{ state: 'funded', because: 'it is refused as it would have been at once' },
  },
];

/** Whom the passing of time pays once a person has started it; null when that person cannot start it. */
function paidAfter({ state, start }: Clock, person: Person): Party[] | 'nobody decides' | null {
  const log = new Recorder(state);
  const outcome = log.batch(NOW, `${start} by ${person}`).join();
  if (!/ (accepted|held) /.test(outcome)) return null;
  const before: EscrowOrder = log.order;
  const at = nextDeadline(before);
  if (at === null) return 'nobody decides';
  log.batch(NOW + 100_000_000);
  const events = log.entries.flatMap((entry) => (entry.outcome === 'accepted' ? entry.events : []));
  return PARTIES.filter((party) => gainOf(events, party) > 0n);
}

/** Each clock with who can start it, and whom it pays then. */
export function clockRows(): { row: string[]; starter: Person; paid: readonly Party[]; deadline: string }[] {
  return CLOCKS.flatMap((clock) =>
    PEOPLE.flatMap((starter) => {
      const paid = paidAfter(clock, starter);
      if (paid === null) return [];
      const waits = paid === 'nobody decides';
      const parties = waits ? [] : paid;
      const pays = waits ? 'nobody, it never ends by itself' : parties.join(', ') || 'nobody';
      const { deadline, terms, because } = clock;
      return [{ row: [deadline, terms, starter, pays, waits ? WAITS : because], starter, paid: parties, deadline }];
    }),
  );
}

export function byParty(): string {
  return tableOf(['command', 'status', ...PEOPLE], partyRows());
}

/** Starters that a clock treats alike share a row. */
export function byItself(): string {
  const rows = new Map<string, string[]>();
  for (const { row, starter } of clockRows()) {
    const [deadline, terms, , pays, because] = row;
    const key = JSON.stringify([deadline, terms, pays, because]);
    rows.set(key, [...(rows.get(key) ?? []), starter]);
  }
  const lines = [...rows].map(([key, starters]) => {
    const [deadline = '', terms = '', pays = '', because = ''] = JSON.parse(key) as string[];
    return [deadline, terms, starters.join(', '), pays, because];
  });
  return tableOf(['deadline', 'terms', 'started by', 'pays', 'because'], lines);
}
