/**
 * The activity of a webhook endpoint: takes what is new from the outbox and delivers what is due, for a while.
 *
 * Events of one order are tried for the first time in sequence, one after the other; different orders at the same time.
 * One that did not get through goes on its schedule alone: it holds up nothing behind it.
 */
import { Context } from '@temporalio/activity';
import { type EventView, findEvents, keepBody } from '../db/events.ts';
import {
  backlogOf,
  type DeliveryView,
  dueDeliveries,
  feedEndpoint,
  holdDispatch,
  pauseEndpoint,
} from '../db/webhook-deliveries.ts';
import { findEndpoint, type StoredEndpoint } from '../db/webhook-endpoints.ts';
import { storedTypes } from '../domain/published-events.ts';
import type { EndpointRound, WebhookActivities } from '../domain/webhooks.ts';
import { EndpointProofs } from '../proofs/endpoint-proofs.ts';
import { retryDelay } from '../webhooks/schedule.ts';
import { withBriefFailures } from './failures.ts';
import { type AttemptDependencies, attempt, secretsOf } from './webhook-attempt.ts';

export interface WebhookDependencies extends AttemptDependencies {
  /** The bytes of an event, made from what is recorded and never changes. */
  readonly renderEvent: (view: EventView) => Promise<string>;
  /** Told of an endpoint whose address the service did not write. */
  readonly onUnproven: () => void;
  /** Aborted when the worker is asked to stop. */
  readonly stopping: AbortSignal;
}

/** Events taken from the outbox, and deliveries taken from the list, at a time. */
const PAGE_ROWS = 200;
/** Requests to one endpoint at the same time. */
const LANES_AT_ONCE = 8;
/** No request is begun after this; the activity's time is this, one request's and some. */
const ROUND_MS = 15_000;
/** After so many attempts in a row without success the endpoint is left alone for the first wait of the schedule. */
const MISSES_IN_A_ROW = 5;
const PAUSE_DEFAULT_MS = 60_000;
const HEARTBEAT_MS = 2_000;
/** How long dispatchers leave the endpoint alone, renewed with each heartbeat. */
const HOLD_MS = 15_000;

export function createWebhookActivities(deps: WebhookDependencies): WebhookActivities {
  return {
    deliverWebhooks: (endpointId) =>
      withBriefFailures(
        'deliverWebhooks',
        (error) => deps.log.warn({ endpointId, err: error }, 'webhooks could not be delivered'),
        () => deliverWebhooks(deps, endpointId),
      ),
  };
}

async function deliverWebhooks(deps: WebhookDependencies, endpointId: string): Promise<EndpointRound> {
  const context = Context.current();
  let holding: Promise<void> = Promise.resolve();
  const heart = setInterval(() => {
    context.heartbeat();
    holding = holdDispatch(deps.db, endpointId, HOLD_MS).catch(() => {});
  }, HEARTBEAT_MS);
  try {
    const signal = AbortSignal.any([context.cancellationSignal, deps.stopping]);
    const round = new Round(deps, endpointId, signal);
    const isMore = await round.run();
    clearInterval(heart);
    // A hold that is under way would otherwise come after its end, and nobody would be told for its whole time.
    await holding;
    if (!isMore) await holdDispatch(deps.db, endpointId, 0);
    return await round.view(isMore);
  } finally {
    clearInterval(heart);
  }
}

class Round {
  private readonly deps: WebhookDependencies;
  private readonly endpointId: string;
  private readonly signal: AbortSignal;
  private readonly endsAtMs = Date.now() + ROUND_MS;
  private delivered = 0;
  private missed = 0;
  private missesInARow = 0;
  private isDisabled = false;
  private isBroken = false;

  constructor(deps: WebhookDependencies, endpointId: string, signal: AbortSignal) {
    this.deps = deps;
    this.endpointId = endpointId;
    this.signal = signal;
  }

  /** @returns whether there is more to do at once */
  async run(): Promise<boolean> {
    const { db } = this.deps;
    for (;;) {
      const endpoint = await findEndpoint(db, this.endpointId);
      if (endpoint?.status !== 'enabled' || isPaused(endpoint)) return false;
      const types = endpoint.eventTypes && storedTypes(endpoint.eventTypes);
      const looked = await feedEndpoint(db, endpoint.id, types, PAGE_ROWS);
      const due = await dueDeliveries(db, endpoint.id, PAGE_ROWS);
      await this.deliver(endpoint, due);
      if (this.isDisabled) return false;
      if (this.missesInARow >= MISSES_IN_A_ROW) {
        await this.pause();
        return false;
      }
      if (looked < PAGE_ROWS && due.length < PAGE_ROWS && !this.isOver()) return false;
      if (this.isOver()) return true;
    }
  }

  async view(isMore: boolean): Promise<EndpointRound> {
    const endpoint = await findEndpoint(this.deps.db, this.endpointId);
    const { pending, failed, nextAttemptAt } = await backlogOf(this.deps.db, this.endpointId);
    const { delivered, missed } = this;
    const pausedUntil = endpoint && isPaused(endpoint) ? (endpoint.pausedUntil?.getTime() ?? 0) : 0;
    return {
      state: endpoint?.status ?? 'gone',
      target: endpoint ? targetOf(endpoint) : '',
      ...{ delivered, missed, pending, failed, isMore },
      lastError: endpoint?.lastError ?? null,
      nextAttemptAt: nextAttemptAt === null ? null : Math.max(nextAttemptAt, pausedUntil),
    };
  }

  private async deliver(endpoint: StoredEndpoint, due: readonly DeliveryView[]): Promise<void> {
    if (due.length === 0) return;
    // Found out before anything is tried: it is our fault, not the receiver's.
    this.requireProven(endpoint);
    secretsOf(this.deps.secretsKey, endpoint);
    const eventIds = due.map(({ eventId }) => eventId);
    const views = new Map((await findEvents(this.deps.db, eventIds)).map((view) => [view.event.id, view]));
    const lanes = lanesOf(due);
    const takeLanes = async () => {
      for (let lane = lanes.shift(); lane; lane = lanes.shift()) {
        for (const delivery of lane) {
          const view = views.get(delivery.eventId);
          if (this.isOver()) return;
          if (view) await this.attempt(endpoint, delivery, view);
        }
      }
    };
    // All of them end before the round does, or its repetition would send beside them.
    const ends = await Promise.allSettled(
      Array.from({ length: LANES_AT_ONCE }, () =>
        takeLanes().catch((error: unknown) => {
          this.isBroken = true;
          throw error;
        }),
      ),
    );
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  private requireProven(endpoint: StoredEndpoint): void {
    if (new EndpointProofs(this.deps.secretsKey).prove(endpoint)) return;
    this.deps.onUnproven();
    throw new Error(
      `The address of webhook endpoint ${endpoint.id} has no proof of this service. Nothing is sent to it until its owner sets url again, or, if it is right: npm run migrate -- --adopt-webhook-endpoints`,
    );
  }

  private async attempt(endpoint: StoredEndpoint, { eventId, attempts }: DeliveryView, view: EventView): Promise<void> {
    const { db, renderEvent } = this.deps;
    const body = view.body ?? (await keepBody(db, eventId, await renderEvent(view)));
    const outcome = await attempt(this.deps, endpoint, { eventId, attempts, body }, this.signal);
    if (outcome === 'delivered') {
      this.delivered++;
      this.missesInARow = 0;
      return;
    }
    this.missed++;
    this.missesInARow++;
    if (outcome === 'disabled') this.isDisabled = true;
  }

  private isOver(): boolean {
    const isTired = this.missesInARow >= MISSES_IN_A_ROW;
    return this.signal.aborted || this.isBroken || this.isDisabled || isTired || Date.now() >= this.endsAtMs;
  }

  private async pause(): Promise<void> {
    const pauseMs = retryDelay(this.deps.settings.scheduleMs, 1, null) ?? PAUSE_DEFAULT_MS;
    await pauseEndpoint(this.deps.db, this.endpointId, pauseMs);
  }
}

/** By order, each in the order of `due`. */
function lanesOf(due: readonly DeliveryView[]): DeliveryView[][] {
  const lanes = new Map<string, DeliveryView[]>();
  for (const delivery of due) {
    const name = delivery.orderId ?? delivery.eventId;
    const lane = lanes.get(name);
    if (lane) lane.push(delivery);
    else lanes.set(name, [delivery]);
  }
  return [...lanes.values()];
}

function isPaused({ pausedUntil }: StoredEndpoint): boolean {
  return pausedUntil !== null && pausedUntil.getTime() > Date.now();
}

function targetOf({ url }: StoredEndpoint): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
