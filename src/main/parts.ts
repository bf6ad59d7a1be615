/**
 * What a service is started with, and what its roles have in common.
 */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Admit, Database } from '../db/client.ts';
import type { LogEntry } from '../db/order-log.ts';
import type { PayoutTries } from '../domain/payouts.ts';
import type { StoredProofs } from '../proofs/stored-proofs.ts';
import type { SecretsKey } from '../secrets-key.ts';
import type { ByMode, FundingPort, SettlementPort } from '../settlement/ports.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import type { OrderSignals } from '../temporal/order-signals.ts';
import type { SearchAttributes } from '../temporal/search-attributes.ts';
import type { Resolve } from '../webhooks/addresses.ts';

export interface ServiceOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly log: Logger;
  readonly roles: { readonly api: boolean; readonly worker: boolean };
  /** A workflow bundle made before; default: bundle now. */
  readonly bundle?: { readonly code: string };
  /** Called with the text of each SQL statement, for counting them. */
  readonly onQuery?: (text: string) => void;
  /** Called between a commit and its answer; tests crash the process there. */
  readonly afterCommit?: () => void;
  /** The ways to the outside, by mode. Default: a mock in test mode, none in live mode. */
  readonly settlement?: Partial<ByMode<SettlementPort>>;
  readonly funding?: Partial<ByMode<FundingPort>>;
  /** How names of webhook endpoints are resolved. Default: by asking name servers. */
  readonly resolve?: Resolve;
  /** How often payouts are tried. Default: as PAYOUT_TRIES says. */
  readonly payoutTries?: PayoutTries;
}

/** What both roles are made of. */
export interface Common {
  readonly options: ServiceOptions;
  readonly db: Database;
  readonly admit: Admit;
  readonly client: Client;
  readonly signals: OrderSignals;
  readonly searchAttributes: SearchAttributes;
  readonly secretsKey: SecretsKey | null;
  readonly proofs: StoredProofs | null;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly funding: ByMode<FundingPort>;
  readonly version: string;
  /** Told of what this process commits. */
  readonly onRecorded: ((entries: readonly LogEntry[]) => void)[];
}
