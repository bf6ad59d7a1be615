/**
 * The terms of an order: fixed when its payment intent is created, and never changed.
 */
import type { ActorRole } from './commands.ts';

export type Mode = 'test' | 'live';

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
  /** How a dispute ends that nobody resolves within its window; never in favour of the party that raised it. */
  readonly disputeDefault: (typeof DISPUTE_DEFAULTS)[number];
  /** How long a dispute stays open before its default applies. Missing on orders of before 0.4.0: as published. */
  readonly disputeWindowSeconds?: number;
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
/** Nobody's money waits for longer than 90 days because one party says so. */
export const DISPUTE_WINDOW_MAX_SECONDS = 90 * 24 * 60 * 60;
/** What an order's terms may say at least: a party must have the time to hear of a dispute. */
export const DISPUTE_WINDOW_MIN_SECONDS: Readonly<Record<Mode, number>> = { live: 24 * 60 * 60, test: 1 };
/** What the operator may choose at least for a dispute raised on somebody's behalf. */
export const OPERATOR_WINDOW_MIN_SECONDS: Readonly<Record<Mode, number>> = { live: 60, test: 1 };

/** The order's own dispute window. */
export function disputeWindowOf({ disputeWindowSeconds = DISPUTE_WINDOW_DEFAULT_SECONDS }: Terms): number {
  return disputeWindowSeconds;
}

/** Whether the default would pay the party that raised the dispute: then it never applies. */
export function defaultPays({ disputeDefault }: Terms, raisedByRole: ActorRole): boolean {
  return raisedByRole === (disputeDefault === 'BUYER_WON' ? 'buyer' : 'merchant');
}

/** By how much an inspection may be extended by hand in all: nobody's money waits because one party says so, again and again. */
export const EXTENSION_MAX_SECONDS = 90 * 24 * 60 * 60;

const DAY_MS = 24 * 60 * 60 * 1_000;

/** When the end of an inspection period is announced: a day before, or the last quarter of a short one. */
export function reminderAt(inspectionEndsAt: number, { inspectionPeriodSeconds }: Terms): number {
  const quarterMs = ((inspectionPeriodSeconds ?? 0) * 1_000) / 4;
  return inspectionEndsAt - Math.min(DAY_MS, Math.floor(quarterMs));
}
