/**
 * What the API needs from outside. The mains provide it; tests provide their own.
 */
import type { Router } from 'express';
import type { Logger } from 'pino';
import type { Database } from '../db/client.ts';
import type { StoredProofs } from '../proofs/stored-proofs.ts';
import type { SecretsKey } from '../secrets-key.ts';
import type { ByMode, FundingPort } from '../settlement/ports.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import type { Resolve } from '../webhooks/addresses.ts';
import type { TrustedProxies } from './client-network.ts';
import type { KeyUse } from './key-use.ts';
import type { Places } from './overload.ts';
import type { RateLimits } from './rate-limits.ts';
import type { OrderGateway } from './submission.ts';

/** Something that readiness depends on. */
export interface ReadinessCheck {
  /** Whether the service can do without it, only less well: then it is degraded, not down. */
  readonly required: boolean;
  /** Resolves to whether it works. A rejection, or no answer in time, means that it does not. */
  isReady(): Promise<boolean>;
}

export interface ApiDependencies {
  readonly db: Database;
  readonly gateway: OrderGateway;
  readonly funding: ByMode<FundingPort>;
  readonly config: {
    /** How long a create waits for its turn unless the request says otherwise. */
    readonly turnWaitMs: number;
    /** How long a request waits for its outcome, beyond its turn, before it is answered 202. */
    readonly commandWaitMs: number;
  };
  /** How often a client's network may fail to authenticate. */
  readonly authFailuresPerMinute: number;
  /** Whose pages may call from a browser; `*`: all. */
  readonly corsOrigins: readonly string[];
  /** Whose word counts on where a request comes from. */
  readonly trustedProxies: TrustedProxies;
  /** For requests under way; those beyond are shed. */
  readonly places: Places;
  readonly rateLimits: RateLimits;
  /** Where uses of keys are noted. */
  readonly keyUse: KeyUse;
  /** Proves what is stored to be sent by others. Null without a secret: then what is stored is believed. */
  readonly proofs: StoredProofs | null;
  /** Null where none is configured: what needs a secret of the service is refused. */
  readonly secretsKey: SecretsKey | null;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  /** By name, as `/readyz` shows them. Temporal is not among them: the gateway knows. */
  readonly readiness: Readonly<Record<string, ReadinessCheck>>;
  readonly version: string;
  /** For people: the reference of the API. */
  readonly pages: Router;
  /** What is checked when a webhook endpoint is registered. */
  readonly webhooks: {
    /** Test mode may name this machine, in plain http. */
    readonly allowsPrivate: boolean;
    readonly resolve: Resolve;
  };
}
