/**
 * The terms of an order: fixed when its payment intent is created, and never changed.
 */
export const RELEASERS = ['merchant', 'buyer'] as const;
export const OVERDUE_RULES = ['event', 'refund'] as const;
export const DISPUTE_DEFAULTS = ['BUYER_WON', 'MERCHANT_WON'] as const;

export interface Terms {
  /** A completed milestone releases itself after this long, unless somebody objects; null: it never does. */
  readonly inspectionPeriodSeconds: number | null;
  /** Who may release. The buyer always may; `buyer` takes it from the merchant. */
  readonly releaseBy: (typeof RELEASERS)[number];
  /** What becomes of a pending milestone at its due date: an event only, or its money goes back to the buyer. */
  readonly onOverdue: (typeof OVERDUE_RULES)[number];
  /** How a dispute ends that nobody resolves within its window. */
  readonly disputeDefault: (typeof DISPUTE_DEFAULTS)[number];
}

export const DEFAULT_TERMS: Terms = {
  inspectionPeriodSeconds: null,
  releaseBy: 'merchant',
  onOverdue: 'event',
  disputeDefault: 'BUYER_WON',
};

/** Ten years. Longer periods are mistakes. */
export const PERIOD_MAX_SECONDS = 10 * 366 * 24 * 60 * 60;
/** The published default: seven days. */
export const DISPUTE_WINDOW_DEFAULT_SECONDS = 604_800;

const DAY_MS = 24 * 60 * 60 * 1_000;

/** When the end of an inspection period is announced: a day before, or the last quarter of a short one. */
export function reminderAt(inspectionEndsAt: number, { inspectionPeriodSeconds }: Terms): number {
  const quarterMs = ((inspectionPeriodSeconds ?? 0) * 1_000) / 4;
  return inspectionEndsAt - Math.min(DAY_MS, Math.floor(quarterMs));
}
