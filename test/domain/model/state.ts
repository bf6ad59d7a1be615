/**
 * What the reference model knows of an order: milestones in a Map, money in whole minor units, instants in
 * milliseconds. Must not import anything from src.
 */

/** `drop` cancels a milestone, `close` an order, `abandon` a payment intent, and `cancel` a held command. */
export type StepKind =
  | ('create' | 'batch' | 'amend' | 'drop' | 'complete' | 'reopen' | 'release' | 'extend' | 'remind' | 'expire')
  | ('raise' | 'resolve' | 'withdraw' | 'fund' | 'refund' | 'close' | 'abandon' | 'advance')
  | ('settle' | 'retry' | 'cancel' | 'garbage');
export type Role = 'merchant' | 'buyer' | 'arbiter' | 'operator' | 'system';
export type Verdict = 'MERCHANT_WON' | 'BUYER_WON' | 'PARTIAL_REFUND';

export interface Item {
  readonly index: number;
  readonly minor: bigint;
  readonly due: number | null;
}

/** One command as the model sees it. A field that its kind does not have is ignored. */
export interface Step {
  readonly id: string;
  readonly kind: StepKind;
  readonly role: Role;
  /** Null: the order as a whole. */
  readonly index: number | null;
  /** In the currency's minor units; null: none is given. Of a split: the merchant's share. */
  readonly minor: bigint | null;
  /** Of a split: the buyer's share. */
  readonly rest: bigint;
  /** The amount is sent with one decimal more than the currency has. */
  readonly isTooFine: boolean;
  /** Of a create or an amendment, in milliseconds; null: none. */
  readonly due: number | null;
  /** Of an extension, a dispute's window, or an advanced clock. */
  readonly seconds: number;
  readonly verdict: Verdict;
  readonly result: 'PAID' | 'FAILED';
  readonly items: readonly Item[];
  /** Of a cancel: the id of the command to withdraw. */
  readonly target: string;
  /** Milliseconds; 0: not at all, null: without end. */
  readonly wait: number | null;
  readonly receivedAt: number;
}

export type ModelStatus = 'PENDING' | 'COMPLETED' | 'RELEASED' | 'CANCELLED' | 'REFUNDED';

export interface ModelPayout {
  status: 'PENDING' | 'PAID' | 'FAILED';
  readonly minor: bigint;
}

export interface ModelMilestone {
  minor: bigint;
  status: ModelStatus;
  /** What the merchant got of it. */
  paid: bigint;
  due: number | null;
  /** When its inspection ends. */
  ends: number | null;
  isAnnounced: boolean;
  payout: ModelPayout | null;
}

export interface Rules {
  readonly total: bigint;
  readonly isMilestoneLocked: boolean;
  readonly releasesOnCompletion: boolean;
  readonly isTestMode: boolean;
  readonly inspectionSeconds: number | null;
  readonly releaseBy: 'merchant' | 'buyer';
  readonly onOverdue: 'event' | 'refund';
  readonly disputeDefault: 'MERCHANT_WON' | 'BUYER_WON';
  /** The least that a dispute's window may be; the operator may choose less. */
  readonly windowSeconds: number;
}

export interface ModelDispute {
  readonly index: number | null;
  readonly by: Role;
  readonly raised: number;
  readonly ends: number;
}

export interface Waiting {
  readonly step: Step;
  readonly until: number | null;
  /** Of a release that is not the merchant's: what it was of when it began to wait. */
  readonly worth: bigint | null;
  /** Of a resolution by nobody's party. */
  readonly isDecision: boolean;
}

export class ModelState {
  readonly milestones = new Map<number, ModelMilestone>();
  /** In the order in which they began to wait. */
  readonly waiting = new Map<string, Waiting>();
  isFunded = false;
  end: 'COMPLETED' | 'CANCELLED' | null = null;
  dispute: ModelDispute | null = null;
  /** Paid out, to either side, without ever having belonged to a milestone that was settled. */
  paidUnallocated = 0n;
  restPayout: ModelPayout | null = null;
  /** The order's clock at the last recorded entry, and how far it runs ahead of the real one. */
  clock = 0;
  ahead = 0;
  readonly rules: Rules;

  constructor(rules: Rules) {
    this.rules = rules;
  }

  get status(): string {
    return this.end ?? (this.dispute ? 'DISPUTED' : 'PENDING');
  }

  sumOf(...statuses: ModelStatus[]): bigint {
    const counted = [...this.milestones.values()].filter(({ status }) => statuses.includes(status));
    return counted.reduce((sum, { minor }) => sum + minor, 0n);
  }

  get released(): bigint {
    return [...this.milestones.values()].reduce((sum, { paid }) => sum + paid, this.restPayout?.minor ?? 0n);
  }

  /** Everything that left escrow and did not go to the merchant. */
  get refunded(): bigint {
    return this.sumOf('RELEASED', 'REFUNDED') + this.paidUnallocated - this.released;
  }

  get remaining(): bigint {
    return this.isFunded ? this.rules.total - this.released - this.refunded : 0n;
  }

  get allocated(): bigint {
    return this.sumOf('PENDING', 'COMPLETED', 'RELEASED', 'REFUNDED');
  }

  /** What belongs to no milestone. */
  get free(): bigint {
    return this.rules.total - this.allocated - this.paidUnallocated;
  }

  /** What has left the platform for the merchant's bank. */
  get settledPayouts(): bigint {
    const all = [...[...this.milestones.values()].map(({ payout }) => payout), this.restPayout];
    return all.reduce((sum, payout) => sum + (payout?.status === 'PAID' ? payout.minor : 0n), 0n);
  }

  payoutOf(index: number | null): ModelPayout | null {
    return index === null ? this.restPayout : (this.milestones.get(index)?.payout ?? null);
  }

  /** Whether somebody may still be paid for it. */
  isOpen(index: number): boolean {
    const status = this.milestones.get(index)?.status;
    return status === 'PENDING' || status === 'COMPLETED';
  }

  /** The milestone that the next release is of. */
  get turn(): number | null {
    const open = [...this.milestones.keys()].filter((index) => this.isOpen(index));
    return open.length === 0 ? null : Math.min(...open);
  }

  /** Somebody who may has decided the dispute, and only its turn has not come. */
  get isDecided(): boolean {
    return [...this.waiting.values()].some(({ isDecision }) => isDecision);
  }

  isStopped(index: number): boolean {
    return this.dispute !== null && (this.dispute.index === null || index >= this.dispute.index);
  }

  /** The nearest predecessor that is not settled without pay; −1 when there is none. */
  lastBefore(index: number): [number, ModelStatus | undefined] {
    const counts = (status: ModelStatus) => status !== 'CANCELLED' && status !== 'REFUNDED';
    const earlier = [...this.milestones].filter(([at, { status }]) => at < index && counts(status));
    const nearest = Math.max(-1, ...earlier.map(([at]) => at));
    return [nearest, this.milestones.get(nearest)?.status];
  }
}
