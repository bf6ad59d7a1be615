/** Writes docs/LIFECYCLE.md from what the tests know (lifecycle.test.ts compares). */
import type { CommandType } from '../../../src/domain/commands.ts';
import { rejectionMessage } from '../../../src/domain/outcome-messages.ts';
import { REASONS, type Reason, type RejectionDetail } from '../../../src/domain/outcomes.ts';
import { tableOf } from './markdown.ts';
import { byItself, byParty } from './party-tables.ts';
import { command } from './script.ts';
import { COMMANDS, SITUATIONS } from './situations.ts';
import { cellsOf, columnsOf } from './transition-cells.ts';

/** A command that each reason is typical of, where it is not one about a milestone in general. */
const EXAMPLES: Partial<Record<Reason, CommandType>> = {
  order_not_milestone_locked: 'milestone.create',
  order_already_funded: 'order.fund',
  order_closed: 'order.refund',
  order_disputed: 'order.cancel',
  role_not_allowed: 'milestone.complete',
};
const DETAIL: RejectionDetail = {
  index: 0,
  releaseType: 'DELIVERY_PROOF',
  orderStatus: 'COMPLETED',
  role: 'buyer',
  available: '300.00',
  ...{ min: 604_800, max: 7_776_000, given: 60 },
};

export function messageOf(reason: Reason): string {
  const { problem: _, ...detail } = DETAIL;
  return rejectionMessage(EXAMPLES[reason] ?? 'milestone.release', reason, detail);
}

/** `resolve PARTIAL_REFUND 60.00 40.00` is called `dispute.resolve PARTIAL_REFUND 60.00 + 40.00` here. */
export function nameOf(words: string): string {
  const { type } = command(words);
  if (words === 'raise') return `${type} (order)`;
  if (words === 'raise 1') return `${type} (milestone)`;
  if (type !== 'dispute.resolve') return type;
  const [, resolution, ...split] = words.split(' ');
  return [type, resolution, split.join(' + ')].join(' ').trim();
}

const OPEN = 'order PENDING';
const CLOSED = ['order COMPLETED', 'order CANCELLED'];
const shown = (outcome: string) => (outcome === 'accepted' ? '**yes**' : outcome.replace('held ', 'waits: '));
const cellsFor = (situation: string, words: string) => cellsOf(situation).filter((cell) => cell.words === words);
const isSame = (cells: readonly { readonly outcome: string }[]) =>
  new Set(cells.map(({ outcome }) => outcome)).size === 1;

/** Commands by the milestone's status, on an open and funded order. */
export function byMilestone(): string {
  const columns = columnsOf(OPEN);
  const rows = COMMANDS.filter((words) => !isSame(cellsFor(OPEN, words))).map((words) => {
    return [nameOf(words), ...cellsFor(OPEN, words).map(({ outcome }) => shown(outcome))];
  });
  return tableOf(['command', ...columns], rows);
}

/**
 * Commands by the order's situation, for a milestone in the first status in which the command is accepted. A closed
 * order has no open milestone: there it is a released one.
 */
export function byOrder(): string {
  const rows = COMMANDS.map((words) => {
    const home = cellsFor(OPEN, words).find(({ outcome }) => outcome === 'accepted')?.status;
    const own = isSame(cellsFor(OPEN, words)) ? undefined : (home ?? 'RELEASED');
    const cells = Object.keys(SITUATIONS).map((name) => {
      const there = cellsFor(name, words);
      const closed = CLOSED.includes(name) ? there.find(({ status }) => status === 'RELEASED') : undefined;
      const alike = own === undefined ? there.find(({ status }) => status === 'PENDING') : undefined;
      const same = isSame(there) ? there[0] : alike;
      const cell = there.find(({ status }) => status === own) ?? closed ?? same;
      return cell ? shown(cell.outcome) : '–';
    });
    return [nameOf(words), own ?? 'any', ...cells];
  });
  return tableOf(['command', 'milestone', ...Object.keys(SITUATIONS)], rows);
}

export function reasons(): string {
  return tableOf(
    ['reason', 'message, for example'],
    REASONS.map((reason) => [`\`${reason}\``, messageOf(reason)]),
  );
}

/** The text with the tables put where it names them: `<!-- reasons -->` up to `<!-- end -->`. */
export function withTables(text: string): string {
  const tables: Record<string, () => string> = {
    ...{ 'by milestone': byMilestone, 'by order': byOrder, reasons },
    ...{ 'by party': byParty, 'by itself': byItself },
  };
  return Object.entries(tables).reduce((before, [name, table]) => {
    const place = new RegExp(`<!-- ${name} -->[\\s\\S]*?<!-- end -->`);
    if (!place.test(before)) throw new Error(`No place for "${name}"`);
    return before.replace(place, () => `<!-- ${name} -->\n${table()}\n<!-- end -->`);
  }, text);
}
