/**
 * What a verification found: counts of what was looked at, violations of rules, and findings for people to act on.
 */

/** Named as in docs and drizzle/0001_guards.sql; a guard refuses beforehand what its rule here finds afterwards. */
export const RULES = {
  V2_paid_out: 'no more is released and refunded than was funded, and no more funded than the order is of',
  V2_closed: 'a closed order holds no money',
  V2_merchant: 'a merchant’s account holds what was released and not paid out yet',
  V2_escrow: "an order's escrow account holds what was funded and not paid out",
  V3_zero_sum: 'all postings, and all balances, of a currency and mode sum to zero',
  V3_balance: 'an account’s balance, and a merchant’s over all orders, is the sum of the postings',
  V4_log: 'an order’s log can be folded',
  V4_order: 'an order’s row is the fold of its log',
  V4_milestone: 'milestones are the fold of the log',
  V4_dispute: 'disputes are those that the log raised and ended',
  V4_payout: 'payouts are the fold of the log',
  V4_held: 'held commands are those that the log holds',
  V4_invariants: 'the folded order is sound',
  V5_no_gap: 'milestones are created 0, 1, 2 …',
  V5_release_order: 'a milestone is released once, and after all before it are settled',
  V6_sequence: 'events are numbered from 1 without gap, as far as the order says',
  V6_event: 'every public event of the log is in the outbox as it was recorded, and nothing else is',
  L1_balanced: 'a ledger transaction has two legs or more, which sum to zero',
  L2_balance: 'only external accounts are below zero',
  L4_mode: 'transaction, postings and accounts are of the order’s mode and currency',
  L5_append_only: 'no row is left whose order, ledger transaction or account is gone',
  L6_transaction: 'every ledger transaction is the one that its event makes, key, legs and amounts',
  L7_release_posted: 'every released milestone has its ledger transaction',
  L7_payout_released: 'every release has its payout, of the same amount',
  L8_identity: 'an order has the merchant, mode, currency and amount of its payment intent',
  L8_funding: 'what was collected from a buyer is what the intent is of; it funds its order, or is given back',
  L9_chain: 'every log entry hashes the one before it',
  L9_version: 'versions have no gap, and the order’s is the last',
} as const;
export type Rule = keyof typeof RULES;

export interface Violation {
  readonly rule: Rule;
  /** Null when it is of no single order. */
  readonly orderId: string | null;
  /** What is wrong: a column, "milestone 3", a key. */
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
}

/** Nothing is broken, but somebody or something has work to do. */
export interface Finding {
  readonly kind: 'intent_status' | 'completed_unreleased' | 'deadline_overdue' | 'payout_failed';
  readonly orders: number;
  readonly milestones: number;
  /** The first few orders. */
  readonly examples: readonly string[];
  readonly action: string;
}

export const COUNTED = [
  'orders',
  'entries',
  'milestones',
  'payouts',
  'heldCommands',
  'ledgerTransactions',
  'postings',
  'accounts',
  'events',
] as const;
export type Counts = Record<(typeof COUNTED)[number], number>;

export interface Report {
  readonly holds: boolean;
  readonly since: Date | null;
  readonly checked: Counts;
  /** The first MAX_VIOLATIONS; `log` was given every one. */
  readonly violations: readonly Violation[];
  readonly violationCount: number;
  readonly findings: readonly Finding[];
}

/** A wholly broken database must not fill the memory of the service that looks at it. */
export const MAX_VIOLATIONS = 1_000;

/** Takes down what the checks find. */
export class Notes {
  readonly checked = Object.fromEntries(COUNTED.map((name) => [name, 0])) as Counts;
  private readonly violations: Violation[] = [];
  private violationCount = 0;
  private readonly log: (line: string) => void;

  constructor(log: (line: string) => void) {
    this.log = log;
  }

  violation(rule: Rule, orderId: string | null, subject: string, expected: unknown, found: unknown): void {
    const violation = { rule, orderId, subject, expected: inWords(expected), found: inWords(found) };
    this.violationCount++;
    if (this.violations.length < MAX_VIOLATIONS) this.violations.push(violation);
    this.log(violationLine(violation));
  }

  /** A violation unless both are the same. */
  equal(rule: Rule, orderId: string | null, subject: string, expected: unknown, found: unknown): void {
    if (inWords(expected) !== inWords(found)) this.violation(rule, orderId, subject, expected, found);
  }

  report(since: Date | null, findings: readonly Finding[]): Report {
    const { checked, violations, violationCount } = this;
    return { holds: violationCount === 0, since, checked, violations, violationCount, findings };
  }
}

/** "V4_order escrow_order_x released_amount: expected 0.00, found 1.00" */
export function violationLine({ rule, orderId, subject, expected, found }: Violation): string {
  return `${rule} ${orderId === null ? '' : `${orderId} `}${subject}: expected ${expected}, found ${found}`;
}

/** The report but for its violations, which have been logged one by one. */
export function summaryLines({ since, checked, violationCount, findings }: Report): string[] {
  const counts = COUNTED.map((name) => `${checked[name]} ${NOUNS[name]}`).join(', ');
  return [
    `Checked ${since === null ? 'everything' : `what changed since ${since.toISOString()}`}: ${counts}.`,
    ...findings.map(findingLine),
    violationCount === 0
      ? `All ${Object.keys(RULES).length} rules hold.`
      : `${violationCount} violation${violationCount === 1 ? '' : 's'}.`,
  ];
}

const NOUNS: Record<keyof Counts, string> = {
  orders: 'orders',
  entries: 'log entries',
  milestones: 'milestones',
  payouts: 'payouts',
  heldCommands: 'held commands',
  ledgerTransactions: 'ledger transactions',
  postings: 'postings',
  accounts: 'accounts',
  events: 'events',
};

function findingLine({ kind, orders, milestones, examples, action }: Finding): string {
  const count = `${orders} order${orders === 1 ? '' : 's'}${milestones > 0 ? `, ${milestones} milestones` : ''}`;
  return `To do: ${kind}, ${count} (${examples.join(', ')}${orders > examples.length ? ', …' : ''}). ${action}`;
}

function inWords(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value, sortedKeys) : String(value);
}

/** jsonb and JSON.stringify order keys differently. */
function sortedKeys(_key: string, part: unknown): unknown {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
  return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
}
