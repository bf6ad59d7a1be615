/**
 * Tells the workflows of webhook endpoints that there is something to deliver. It only looks: what there is to do is in
 * the database, so a signal that is lost, or a Temporal that was wiped, costs one interval.
 */
import type { Logger } from 'pino';
import type { Database } from '../db/client.ts';
import { type ClaimedEndpoint, claimEndpoints } from '../db/webhook-deliveries.ts';

/** How an endpoint's workflow is told, and started where it does not run. Never throws. */
export interface WebhookStarts {
  deliver(endpoint: ClaimedEndpoint): Promise<unknown>;
}

export interface WebhookDispatcher {
  /** Resolves when there is an enabled endpoint for the first time, or when it is stopped. */
  readonly needed: Promise<void>;
  /** Something was recorded just now: looks soon, if there is any endpoint at all. */
  hint(): void;
  stop(): Promise<void>;
}

const INTERVAL_MS = 500;
/** After a hint: the transactions that ran beside the one that was recorded have ended by then. */
const HINT_MS = 20;
/** A claimed endpoint whose workflow does not come is claimed again after this. */
const CLAIM_MS = 5_000;
const PAGE_ROWS = 200;

export function startWebhookDispatcher(deps: {
  readonly db: Database;
  readonly log: Logger;
  readonly starts: WebhookStarts;
}): WebhookDispatcher {
  let timer: NodeJS.Timeout | null = null;
  let dueAt = 0;
  let isStopped = false;
  let isLooking = false;
  let isHinted = false;
  let enabled = 0;
  let beNeeded = () => {};
  const needed = new Promise<void>((resolve) => {
    beNeeded = resolve;
  });
  const look = async (): Promise<void> => {
    isLooking = true;
    isHinted = false;
    try {
      const found = await claimEndpoints(deps.db, CLAIM_MS, PAGE_ROWS);
      enabled = found.enabled;
      if (enabled > 0) beNeeded();
      await Promise.all(found.claimed.map((endpoint) => deps.starts.deliver(endpoint)));
    } catch (error) {
      deps.log.warn({ err: error }, 'could not look for webhooks to deliver, trying again');
    }
    isLooking = false;
    plan(isHinted ? HINT_MS : INTERVAL_MS);
  };
  let running: Promise<void> = Promise.resolve();
  const plan = (inMs: number): void => {
    if (isStopped) return;
    if (timer) clearTimeout(timer);
    dueAt = Date.now() + inMs;
    timer = setTimeout(() => (running = look()), inMs);
  };
  plan(0);
  return {
    needed,
    hint() {
      if (enabled === 0) return;
      isHinted = true;
      if (!isLooking && dueAt > Date.now() + HINT_MS) plan(HINT_MS);
    },
    async stop() {
      isStopped = true;
      beNeeded();
      if (timer) clearTimeout(timer);
      await running;
    },
  };
}
