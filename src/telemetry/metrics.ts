/**
 * What the service counts, for Prometheus. Labels are from closed sets: route templates, statuses, reasons, never ids.
 * What is in the database is read when Prometheus asks, by src/db/gauges.ts.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { SweepCounts } from '../activities/sweeping.ts';
import type { ServiceGauges } from '../db/gauges.ts';
import type { LogEntry } from '../db/order-log.ts';
import type { VerificationCounts } from '../verify/running.ts';
import type { WebhookCounts } from '../webhooks/counts.ts';

/** From a read of the cache to a wait for one's turn. */
const REQUEST_SECONDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** How long a scrape's reading of the database is good for: several may scrape, and none may be a burden. */
const GAUGES_FRESH_MS = 5_000;
/** Sizes change slowly, and each asks the file system. */
const SIZES_FRESH_MS = 600_000;

export interface AnsweredRequest {
  readonly method: string;
  /** The route's template; undefined where there is none. */
  readonly route: string | undefined;
  readonly status: number;
  /** Of a refusal. */
  readonly reason: string | undefined;
  readonly seconds: number;
}

export interface Metrics {
  request(answered: AnsweredRequest): void;
  recorded(entries: readonly Pick<LogEntry, 'commandType' | 'outcome' | 'reason'>[]): void;
  /** Told of each row that is not of this service, and not acted on. */
  unproven(): void;
  /** The text that Prometheus reads, and its media type. */
  read(): Promise<{ readonly text: string; readonly contentType: string }>;
}

export interface MetricsSources {
  /** Reads what is in the database. */
  readonly gauges: () => Promise<ServiceGauges>;
  /** What each table takes on disk, in bytes. Default: nobody is asked. */
  readonly tableSizes?: () => Promise<Readonly<Record<string, number>>>;
  /** Workflows that do not go on, by kind, as Temporal lists them. Default: nobody is asked. */
  readonly stuck?: () => Promise<Readonly<Record<string, number>>>;
  /** Of the verifier in this process; null: none runs here. */
  readonly verification: () => Readonly<VerificationCounts> | null;
  /** Of the webhooks that this process delivers; null: it delivers none. */
  readonly webhooks?: () => Readonly<WebhookCounts> | null;
  /** Of the sweeper in this process; null: none runs here. */
  readonly sweeps?: () => SweepCounts | null;
  readonly version: string;
}

export function createMetrics(sources: MetricsSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({ name: 'tranche_info', help: 'The version that runs', labelNames: ['version'], registers })
    .labels(sources.version)
    .set(1);
  const requestSeconds = new Histogram({
    name: 'tranche_http_request_seconds',
    help: 'How long requests took, waits for a turn included',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_SECONDS,
    registers,
  });
  const refusals = new Counter({
    name: 'tranche_http_refusals_total',
    help: 'Requests that were refused, by reason',
    labelNames: ['reason'],
    registers,
  });
  const commands = new Counter({
    name: 'tranche_commands_total',
    help: 'Commands recorded by this worker, by what became of them',
    labelNames: ['type', 'outcome', 'reason'],
    registers,
  });
  const unproven = new Counter({
    name: 'tranche_unproven_rows_total',
    help: 'Stored commands and payouts that are not of this service, and not acted on',
    registers,
  });
  databaseGauges(registers, freshFor(GAUGES_FRESH_MS, sources.gauges));
  verificationGauges(registers, sources.verification);
  if (sources.stuck) stuckGauge(registers, freshFor(GAUGES_FRESH_MS, sources.stuck));
  if (sources.tableSizes) sizeGauge(registers, freshFor(SIZES_FRESH_MS, sources.tableSizes));
  if (sources.webhooks) webhookGauges(registers, sources.webhooks);
  if (sources.sweeps) sweepGauges(registers, sources.sweeps);
  return {
    request({ method, route = 'none', status, reason, seconds }) {
      requestSeconds.labels(method, route, String(status)).observe(seconds);
      if (reason !== undefined) refusals.labels(reason).inc();
    },
    unproven: () => unproven.inc(),
    recorded(entries) {
      for (const { commandType, outcome, reason } of entries) commands.labels(commandType, outcome, reason ?? '').inc();
    },
    read: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  };
}

type Registers = Registry[];

/** One reading of the database serves all of them. When it fails, they are left out, and the failure is counted. */
function databaseGauges(registers: Registers, read: () => Promise<ServiceGauges>): void {
  const failures = new Counter({
    name: 'tranche_gauge_read_failures_total',
    help: 'Scrapes that could not read the database',
    registers,
  });
  const gauge = (
    name: string,
    help: string,
    set: (on: Gauge, gauges: ServiceGauges) => void,
    labelNames?: string[],
  ) => {
    new Gauge({
      name: `tranche_${name}`,
      help,
      registers,
      ...(labelNames && { labelNames }),
      async collect() {
        // Without labels a reset would say 0, which is not what is meant.
        if (labelNames) this.reset();
        else this.remove();
        try {
          set(this, await read());
        } catch {
          failures.inc();
        }
      },
    });
  };
  gauge('held_commands', 'Commands that wait for their turn', (on, { heldCommands }) => on.set(heldCommands));
  gauge('held_oldest_seconds', 'How long the oldest of them has waited', (on, gauges) =>
    on.set(gauges.heldOldestSeconds),
  );
  gauge('pending_commands', 'Commands accepted and without an outcome', (on, gauges) => on.set(gauges.pendingCommands));
  gauge('pending_oldest_seconds', 'How long the oldest of them has waited', (on, gauges) =>
    on.set(gauges.pendingOldestSeconds),
  );
  gauge('overdue_deadline_seconds', 'How late the latest deadline is that nothing was done about', (on, gauges) =>
    on.set(gauges.overdueDeadlineSeconds),
  );
  gauge('pending_payouts', 'Payouts that are being tried', (on, { pendingPayouts }) => on.set(pendingPayouts));
  gauge('payout_pending_oldest_seconds', 'How long the oldest pending payout has waited', (on, gauges) =>
    on.set(gauges.payoutPendingOldestSeconds),
  );
  gauge('failed_payouts', 'Payouts that nobody tries any more', (on, { failedPayouts }) => on.set(failedPayouts));
  gauge('funding_open_oldest_seconds', 'How long the oldest unfinished collection has had no news', (on, gauges) =>
    on.set(gauges.fundingOpenOldestSeconds),
  );
  const setByState = (on: Gauge, { connections }: ServiceGauges) => {
    for (const [state, count] of Object.entries(connections)) on.labels(state).set(count);
  };
  gauge('database_connections', 'Sessions of this database, by state', setByState, ['state']);
}

/** Left out while Temporal does not answer: that is no news about orders. */
function stuckGauge(registers: Registers, read: NonNullable<MetricsSources['stuck']>): void {
  new Gauge({
    name: 'tranche_stuck_workflows',
    help: 'Workflows that do not go on by themselves, by why',
    labelNames: ['kind'],
    registers,
    async collect() {
      this.reset();
      const counts = await read().catch(() => ({}));
      for (const [kind, count] of Object.entries(counts)) this.labels(kind).set(count);
    },
  });
}

/** Left out while the database does not answer, which its other gauges count. */
function sizeGauge(registers: Registers, read: NonNullable<MetricsSources['tableSizes']>): void {
  new Gauge({
    name: 'tranche_table_bytes',
    help: 'What a table takes on disk, indexes included',
    labelNames: ['table'],
    registers,
    async collect() {
      this.reset();
      const sizes = await read().catch(() => ({}));
      for (const [table, bytes] of Object.entries(sizes)) this.labels(table).set(bytes);
    },
  });
}

/** Counted by the verifier itself; only copied here. */
function verificationGauges(registers: Registers, read: MetricsSources['verification']): void {
  const counted = (name: string, help: string, value: (counts: Readonly<VerificationCounts>) => number) =>
    new Gauge({
      name: `tranche_${name}`,
      help,
      registers,
      collect() {
        const counts = read();
        if (counts) this.set(value(counts));
        else this.remove();
      },
    });
  counted('verifier_runs', 'Runs of the verifier in this process', ({ runs }) => runs);
  counted('invariant_violations', 'Violations that its runs have found', ({ violations }) => violations);
  counted('verifier_last_run_timestamp_seconds', 'When its last run ended; 0: none has', ({ lastRunAt }) =>
    lastRunAt === null ? 0 : lastRunAt.getTime() / 1_000,
  );
}

function webhookGauges(registers: Registers, read: () => Readonly<WebhookCounts> | null): void {
  new Gauge({
    name: 'tranche_webhooks',
    help: 'Attempts to deliver webhooks by this process, events given up and endpoints disabled, since it started',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      const counts = read();
      if (!counts) return;
      this.labels('delivered').set(counts.delivered);
      this.labels('missed').set(counts.missed);
      this.labels('given_up').set(counts.deadLetters);
      this.labels('endpoint_disabled').set(counts.disabled);
    },
  });
}

function sweepGauges(registers: Registers, read: () => SweepCounts | null): void {
  const byKind = (name: string, help: string, numbers: (counts: SweepCounts) => Readonly<Record<string, number>>) =>
    new Gauge({
      name: `tranche_${name}`,
      help,
      labelNames: ['kind'],
      registers,
      collect() {
        this.reset();
        const counts = read();
        if (!counts) return;
        for (const [kind, count] of Object.entries(numbers(counts))) this.labels(kind).set(count);
      },
    });
  byKind('swept', 'What this process has sent, woken or started again since it started', ({ done }) => done);
  byKind('sweep_left', 'What was due beyond what its last sweep may take; 10000 may be more', ({ left }) => left);
  byKind('sweep_failures', 'Sweeps of this process that failed since it started', ({ failures }) => failures);
  byKind('sweep_unreadable', 'Times that a stored command could not be sent by this version', ({ unreadable }) => ({
    commands: unreadable,
  }));
}

/** Repeats the last reading while it is fresh, one that is under way included. A failed one is fresh for five seconds. */
function freshFor<Value>(freshMs: number, read: () => Promise<Value>): () => Promise<Value> {
  let last: { readonly value: Promise<Value>; until: number } | null = null;
  return () => {
    const now = Date.now();
    if (last && now <= last.until) return last.value;
    const reading = { value: read(), until: now + freshMs };
    reading.value.catch(() => {
      reading.until = now + Math.min(freshMs, GAUGES_FRESH_MS);
    });
    last = reading;
    return reading.value;
  };
}
