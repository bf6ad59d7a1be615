/**
 * Shows an order in the Temporal UI: its page (current details, which cost nothing) and its search attributes. Those
 * change when the order comes to rest, all at once, because each change is an event in the history.
 */
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { EscrowOrder } from '../domain/escrow-order.ts';
import type { ProposedEntry } from '../domain/outcomes.ts';
import { describeOrder, type Refusal, refusalsOf } from './operator-page.ts';
import {
  attributesOf,
  changesBetween,
  type OrderAttributes,
  SEARCH_ATTRIBUTES,
  type Trouble,
} from './search-attributes.ts';

/** Shown on the page, and carried from run to run. */
const REFUSALS_KEPT = 5;

export class Display {
  /**
   * Whether Temporal knows the attributes; an upsert of an unknown one would fail the workflow's task for ever. A
   * workflow may only go by what its history says: how it was started, and what its activities answered.
   */
  private searchable = Object.hasOwn(currentAttributes(), 'TrancheMerchant');
  private refusals: readonly Refusal[];
  private trouble: Trouble | null = null;
  private page = '';

  /** @param refusals of the run before, as carried */
  constructor(refusals: readonly Refusal[]) {
    this.refusals = refusals;
    setCurrentDetails('Loading from the database.');
  }

  /** Takes in what an activity answered. */
  learn(answer: { readonly searchable?: boolean } | null): void {
    this.searchable = answer?.searchable ?? false;
  }

  /** The order as it is now, on its page. An answer from the database was needed for it, so nothing hinders any more. */
  show(order: EscrowOrder): void {
    this.trouble = null;
    this.page = describeOrder(order, this.refusals);
    setCurrentDetails(this.page);
  }

  /** The order has come to rest: what it can be found by is brought up to date. */
  settle(order: EscrowOrder): void {
    this.upsert(attributesOf(order, this.trouble));
  }

  showMissing(): void {
    setCurrentDetails('There is no such escrow order.');
  }

  /** Takes in what was refused; shown with the next {@link show}. */
  refused(entries: readonly ProposedEntry[], firstVersion: number): void {
    this.refusals = [...this.refusals, ...refusalsOf(entries, firstVersion)].slice(-REFUSALS_KEPT);
  }

  /** Says at once what hinders the workflow; it shows until the order is at rest again. */
  hindered(trouble: Trouble): void {
    this.trouble = trouble;
    setCurrentDetails(`**Does not go on by itself: ${trouble}.** What to do: docs/OPERATIONS.md.\n\n${this.page}`);
    this.upsert({ TrancheTrouble: trouble });
  }

  carry(): readonly Refusal[] {
    return this.refusals;
  }

  private upsert(wanted: Partial<OrderAttributes>): void {
    if (this.searchable) upsertAttributes(wanted);
  }
}

/** Changes what is not so already, in one event; none when nothing changes. Only where Temporal knows the attributes. */
export function upsertAttributes(wanted: Partial<OrderAttributes>): void {
  const changes = changesBetween(currentAttributes(), wanted);
  if (changes.length === 0) return;
  type Pairs = Extract<Parameters<typeof upsertSearchAttributes>[0], readonly unknown[]>;
  const pairs = changes.map(([name, value]) => ({ key: { name, type: SEARCH_ATTRIBUTES[name] }, value }));
  // Each value is of its key's type, which the compiler cannot follow through a list of all types.
  upsertSearchAttributes(pairs as Pairs);
}

function currentAttributes(): Record<string, unknown> {
  const { typedSearchAttributes } = workflowInfo();
  return Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
}
