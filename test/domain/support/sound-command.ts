/**
 * Says what is wrong with a result of `parseCommand`, field by field, from the contract and the types alone:
 * nothing here is shared with the parser.
 */
import type { CommandType } from '../../../src/domain/commands.ts';
import { unitsOf } from './units.ts';

const ROLES = ['merchant', 'buyer', 'arbiter', 'operator', 'system'];
/** 9999-12-31T23:59:59Z. */
const LAST_INSTANT = 253_402_300_799_000;

type Check = (value: unknown) => boolean;

export const isStorable = (text: string): boolean =>
  ![...text].some((character) => character === '\0' || /^[\ud800-\udfff]$/.test(character));
const textUpTo =
  (most: number, least = 0): Check =>
  (value) =>
    typeof value === 'string' && value.length >= least && value.length <= most && isStorable(value);
const isId: Check = (value) => typeof value === 'string' && /^[A-Za-z0-9_.:/-]+$/.test(value) && value.length <= 128;
const integerUpTo =
  (most: number): Check =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && !Object.is(value, -0) && value >= 0 && value <= most;
const isWholeSecond: Check = (value) => integerUpTo(LAST_INSTANT)(value) && Number(value) % 1_000 === 0;
const isIndex = integerUpTo(9_999);
const isAmount: Check = (value) =>
  typeof value === 'string' && /^(0|[1-9]\d{0,17})(\.\d{1,18})?$/.test(value) && unitsOf(value) > 0n;
const isPercentage: Check = (value) => value === null || (typeof value === 'number' && value >= 0 && value <= 100);
const isActor: Check = (value) =>
  isPlain(value) &&
  Object.keys(value).sort().join() === 'id,role' &&
  ROLES.includes(value.role as string) &&
  textUpTo(200, 1)(value.id);
const isMetadata: Check = (value) =>
  isPlain(value) &&
  Object.keys(value).length <= 20 &&
  Object.entries(value).every(([key, text]) => textUpTo(40, 1)(key) && textUpTo(500)(text));

/** Ten leap years. */
const isPeriod: Check = (value) => integerUpTo(316_224_000)(value) && Number(value) >= 1;
const isBatch: Check = (value) =>
  Array.isArray(value) &&
  value.length >= 1 &&
  value.length <= 100 &&
  value.every((item) => isPlain(item) && flawsIn(item, OWN['milestone.create']).length === 0);
const isTexts: Check = (value) => isPlain(value) && flawsIn(value, DETAILS['milestone.create'] ?? {}).length === 0;

const COMMON: Record<string, Check> = {
  id: isId,
  actor: isActor,
  receivedAt: integerUpTo(LAST_INSTANT),
  turnWaitMs: (value) => value === null || integerUpTo(LAST_INSTANT)(value),
};
const OWN: Record<CommandType, Record<string, Check>> = {
  'milestone.create': { milestoneIndex: isIndex, amount: isAmount, 'dueAt?': isWholeSecond },
  'milestone.complete': { milestoneIndex: isIndex },
  'milestone.release': { milestoneIndex: isIndex, 'amount?': isAmount },
  'milestone.amend': {
    milestoneIndex: isIndex,
    'amount?': isAmount,
    'dueAt?': (value) => value === null || isWholeSecond(value),
  },
  'milestone.cancel': { milestoneIndex: isIndex },
  'milestone.reopen': { milestoneIndex: isIndex },
  'order.fund': {},
  'order.refund': { 'amount?': isAmount },
  'order.cancel': {},
  'payment_intent.cancel': {},
  'milestone.extend': { milestoneIndex: isIndex, seconds: isPeriod },
  'milestone.remind': { milestoneIndex: isIndex },
  'milestone.expire': { milestoneIndex: isIndex },
  'milestone_batch.create': { items: isBatch },
  'dispute.raise': { 'milestoneIndex?': isIndex, 'windowSeconds?': isPeriod },
  'dispute.resolve': {
    resolution: (value) => ['MERCHANT_WON', 'BUYER_WON', 'PARTIAL_REFUND'].includes(value as string),
    'merchantAmount?': isAmount,
    'buyerAmount?': isAmount,
  },
  'dispute.withdraw': {},
  'order.advance_clock': { seconds: isPeriod },
  'payout.settle': { 'milestoneIndex?': isIndex, result: (value) => value === 'PAID' || value === 'FAILED' },
  'payout.retry': { 'milestoneIndex?': isIndex },
  'command.cancel': { targetCommandId: isId },
};
const DETAILS: Record<CommandType, Record<string, Check> | null> = {
  'milestone.create': { 'description?': textUpTo(2_000), 'percentage?': isPercentage, 'metadata?': isMetadata },
  'milestone.complete': {
    completedBy: textUpTo(2_000, 1),
    'completionProof?': textUpTo(2_000),
    'completionProofURI?': textUpTo(2_000),
  },
  'milestone.release': { releasedBy: textUpTo(2_000) },
  'milestone.amend': {
    'description?': (value) => value === null || textUpTo(2_000, 1)(value),
    'percentage?': isPercentage,
  },
  'milestone.cancel': { 'reason?': textUpTo(2_000) },
  'milestone.reopen': { reason: textUpTo(2_000, 1) },
  'order.fund': null,
  'order.refund': { 'reason?': textUpTo(2_000) },
  'order.cancel': { 'reason?': textUpTo(2_000) },
  'payment_intent.cancel': { 'reason?': textUpTo(2_000) },
  'milestone.extend': null,
  'milestone.remind': null,
  'milestone.expire': null,
  'milestone_batch.create': { items: (value) => Array.isArray(value) && value.every((one) => isTexts(one)) },
  'dispute.raise': { reason: textUpTo(2_000, 1), raisedBy: textUpTo(2_000) },
  'dispute.resolve': { 'reason?': textUpTo(2_000) },
  'dispute.withdraw': { 'reason?': textUpTo(2_000) },
  'order.advance_clock': null,
  'payout.settle': { 'reference?': textUpTo(2_000), 'error?': textUpTo(2_000), 'attempts?': integerUpTo(LAST_INSTANT) },
  'payout.retry': null,
  'command.cancel': null,
};

/** Sentences about what is wrong; empty for a sound command and for a sound problem. */
export function flawsOf(type: CommandType, result: unknown): string[] {
  if (!isPlain(result)) return ['not a plain object'];
  const flaws = result.type === type ? [] : [`type is ${String(result.type)}`];
  const { type: _, ...fields } = result;
  if ('problem' in result) {
    const { turnWaitMs: __, ...base } = COMMON;
    return [...flaws, ...flawsIn(fields, { ...base, problem: textUpTo(300, 1) })];
  }
  const { details, ...rest } = fields;
  flaws.push(...flawsIn(rest, { ...COMMON, ...OWN[type] }));
  const expected = DETAILS[type];
  if (expected === null) return 'details' in fields ? [...flaws, 'has details'] : flaws;
  return isPlain(details) ? [...flaws, ...flawsIn(details, expected)] : [...flaws, 'has no details'];
}

function flawsIn(fields: Record<string, unknown>, checks: Record<string, Check>): string[] {
  const flaws: string[] = [];
  const known = new Set(Object.keys(checks).map((name) => name.replace('?', '')));
  for (const name of Object.keys(fields)) if (!known.has(name)) flaws.push(`has an unexpected ${name}`);
  for (const [name, check] of Object.entries(checks)) {
    const plain = name.replace('?', '');
    if (!Object.hasOwn(fields, plain)) {
      if (!name.endsWith('?')) flaws.push(`lacks ${plain}`);
    } else if (!check(fields[plain])) {
      flaws.push(`${plain} is ${String(JSON.stringify(fields[plain])).slice(0, 60)}`);
    }
  }
  return flaws;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
