/**
 * The order's page in the Temporal UI, as Markdown. Pure, and drawn after every batch, so its cost does not grow with
 * the order beyond one look at each milestone.
 *
 * What people wrote can only get here in the words of a refusal. It stands in a code block, where Markdown and HTML
 * mean nothing, on one line, so that it cannot end the block. Code blocks have aligned columns, because the UI squeezes
 * Markdown's own tables.
 */
import { type Deadline, earliestDeadline } from '../domain/deadlines.ts';
import { decide } from '../domain/decide.ts';
import {
  type EscrowOrder,
  type HeldCommand,
  indexInTurn,
  isDecided,
  isSettled,
  remaining,
} from '../domain/escrow-order.ts';
import { isRecord } from '../domain/field-reader.ts';
import { isZero } from '../domain/money.ts';
import { rejectionMessage, waitingFor } from '../domain/outcome-messages.ts';
import type { ProposedEntry } from '../domain/outcomes.ts';
import { describeDeadline } from './summaries.ts';

/** A command that was refused, for people. */
export interface Refusal {
  readonly version: number;
  /** ISO 8601. */
  readonly at: string;
  readonly actor: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

export const MILESTONE_WINDOW = 40;
const HELD_WINDOW = 20;
const LINE_MAX_LENGTH = 200;
/** Of the second line of an item: the UI gives the page half of its width. */
const INDENT = '    ';

/** The refusals among entries of which the first is recorded as `firstVersion`. */
export function refusalsOf(entries: readonly ProposedEntry[], firstVersion: number): Refusal[] {
  return entries.flatMap((entry, position) => {
    if (entry.outcome !== 'rejected') return [];
    const { at, actor, commandType, reason, detail } = entry;
    const message = oneLine(rejectionMessage(commandType, reason, detail));
    const who = oneLine(`${actor.role} ${actor.id}`);
    return { version: firstVersion + position, at: shortInstant(at), actor: who, type: commandType, reason, message };
  });
}

/** Refusals that a run before carried along; total, because people can start workflows by hand. */
export function readRefusals(value: unknown): Refusal[] {
  if (!Array.isArray(value)) return [];
  const isRefusal = (one: unknown): one is Refusal =>
    isRecord(one) &&
    typeof one.version === 'number' &&
    ['at', 'actor', 'type', 'reason', 'message'].every((name) => typeof one[name] === 'string');
  return value.filter(isRefusal).slice(-5);
}

export function describeOrder(order: EscrowOrder, refusals: readonly Refusal[] = []): string {
  const { amount, currency, status, version, mode, funded, allocated, released, refunded } = order;
  const testMode = mode === 'test' ? ' · test mode' : '';
  return [
    `**${amount} ${currency}** · ${status} · version ${version}${testMode}`,
    `funded ${funded} · allocated ${allocated} · released ${released} · refunded ${refunded} · remaining ${remaining(order)}`,
    ...describeDispute(order),
    ...describeMilestones(order),
    ...describeHeld(order),
    ...describeNext(order),
    `In the API: \`GET /v1/payment-intents/${oneLine(order.paymentIntentId)}/escrow\`. What to do about an order: docs/OPERATIONS.md.`,
    ...(refusals.length > 0 ? [`Last refusals:`, codeBlock(refusals.flatMap(refusalLines))] : []),
  ].join('\n\n');
}

function describeDispute(order: EscrowOrder): string[] {
  const { dispute, terms, clockOffsetMs } = order;
  if (!dispute) return [];
  const about = dispute.milestoneIndex === null ? 'the whole order' : `milestone ${dispute.milestoneIndex} and later`;
  const at = (instant: number) => shortInstant(instant - clockOffsetMs);
  const ending = endingOf(
    order,
    dispute.isOpenEnded === true,
    `${terms.disputeDefault} applies at ${at(dispute.endsAt)}`,
  );
  return [
    `**Disputed**: ${about}, by the ${dispute.raisedByRole} since ${at(dispute.raisedAt)}. ` +
      `${ending} To end it: \`resolveDispute\` or \`withdrawDispute\`.`,
  ];
}

function endingOf(order: EscrowOrder, isOpenEnded: boolean, byDefault: string): string {
  if (isDecided(order)) return 'It is decided, and the decision waits for its turn.';
  if (!isOpenEnded) return `Without a resolution ${byDefault}.`;
  return `It waits for a decision without end: ${order.terms.disputeDefault} would pay who raised it.`;
}

/** At most MILESTONE_WINDOW rows, around the first milestone that is not settled. */
function describeMilestones(order: EscrowOrder): string[] {
  const { milestones, clockOffsetMs } = order;
  if (milestones.length === 0) return ['No milestones yet.'];
  const { from, to } = windowOf(order);
  const shown = milestones.slice(from, to);
  const width = Math.max(6, ...shown.map(({ amount }) => amount.length));
  const rows = shown.map(({ amount, status, payout, inspectionEndsAt, dueAt }, position) => {
    const notes = [
      payout && `payout ${payout.status}`,
      status === 'COMPLETED' &&
        inspectionEndsAt &&
        `inspection until ${shortInstant(inspectionEndsAt - clockOffsetMs)}`,
      status === 'PENDING' && dueAt && `due ${shortInstant(dueAt - clockOffsetMs)}`,
    ].filter(Boolean);
    const cells = `${String(from + position).padStart(5)}  ${amount.padStart(width)}  ${status}`;
    return notes.length > 0 ? `${cells.padEnd(width + 18)}  ${notes.join(', ')}` : cells;
  });
  const left = milestones.length - shown.length;
  const before = from > 0 ? `${from} before them` : '';
  const after = to < milestones.length ? `${milestones.length - to} after them` : '';
  const rest = [before, after].filter(Boolean).join(' and ');
  return [
    codeBlock([`index  ${'amount'.padStart(width)}  status`, ...rows]),
    ...(left > 0 ? [`${shown.length} of ${milestones.length} milestones shown; left out: ${rest}.`] : []),
  ];
}

/** The positions of the milestones to show, `to` exclusive. */
export function windowOf(order: EscrowOrder): { from: number; to: number } {
  const count = order.milestones.length;
  const turn = indexInTurn(order) ?? count;
  const from = Math.max(0, Math.min(turn - MILESTONE_WINDOW / 2, count - MILESTONE_WINDOW));
  return { from, to: Math.min(count, from + MILESTONE_WINDOW) };
}

function describeHeld(order: EscrowOrder): string[] {
  const { held } = order;
  if (held.length === 0) return [];
  const rows = held.slice(0, HELD_WINDOW).flatMap((one) => {
    const { id, type, receivedAt } = one.command;
    const until = one.until === null ? 'no end' : `until ${shortInstant(one.until - order.clockOffsetMs)}`;
    return [
      `${type}${ofMilestone(one)} waits for ${waitsFor(order, one)}`,
      `${INDENT}since ${shortInstant(receivedAt)}, ${until}, id ${id}`,
    ];
  });
  const more = held.length > HELD_WINDOW ? `, ${HELD_WINDOW} of them shown` : '';
  return [
    `Waiting for their turn: ${held.length}${more}. To withdraw one: \`cancelCommand\` with its id.`,
    codeBlock(rows),
  ];
}

function ofMilestone({ command }: HeldCommand): string {
  return 'milestoneIndex' in command && command.milestoneIndex !== undefined ? ` ${command.milestoneIndex}` : '';
}

/** What a held command waits for now; it may have been held for something else. */
export function waitsFor(order: EscrowOrder, { command }: HeldCommand): string {
  const decision = decide(order, command, order.lastAt);
  return decision.outcome === 'held' ? waitingFor(decision.reason, decision.detail.index) : 'its turn, which has come';
}

function describeNext(order: EscrowOrder): string[] {
  const next: Deadline | null = earliestDeadline(order);
  if (!next) return [...describeLeftOver(order), 'No deadline: nothing happens by itself.'];
  return [`Next deadline: ${shortInstant(next.at - order.clockOffsetMs)}, ${describeDeadline(next)}.`];
}

/** Thirds of 100.00 leave 0.01 that no release can reach. */
function describeLeftOver(order: EscrowOrder): string[] {
  const { milestones, status } = order;
  const isStuck = status === 'PENDING' && milestones.length > 0 && milestones.every(isSettled);
  if (!isStuck || isZero(remaining(order))) return [];
  return [
    `All milestones are settled, and ${remaining(order)} belongs to none: \`refundOrder\`, or another milestone.`,
  ];
}

function refusalLines({ version, at, actor, type, reason, message }: Refusal): string[] {
  return [oneLine(`${version} ${type} ${reason}: ${message}`), oneLine(`${INDENT}${at}, by ${actor}`)];
}

function codeBlock(lines: readonly string[]): string {
  return ['```', ...lines, '```'].join('\n');
}

/** Text as one short line that cannot change how anything around it is drawn. */
function oneLine(text: string): string {
  const visible = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, ' ').replaceAll('`', "'");
  return visible.length > LINE_MAX_LENGTH ? `${visible.slice(0, LINE_MAX_LENGTH)}…` : visible;
}

/** ISO 8601 in whole seconds. Total: some instants come from signals. */
function shortInstant(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? 'never' : date.toISOString().replace(/\.\d+Z$/, 'Z');
}
