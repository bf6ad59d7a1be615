/**
 * Settings from the environment, read once. Every variable is listed here and in docs/SETTINGS.md.
 */
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const count = z.coerce.number().int().min(1).max(1_000_000_000);
const milliseconds = z.coerce.number().int().min(0);

/** Express knows these by name; everything else is an address or a network. */
const PROXY_RANGES = ['loopback', 'linklocal', 'uniquelocal'];
const PROXIES_MAX = 10;
/**
 * A number of proxies, or a list of them. Not simply "all": then the first address of X-Forwarded-For counts, which
 * the client writes.
 */
const trustedProxies = z.string().transform((text, context): number | string[] => {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= PROXIES_MAX) return count;
  const names = text.split(',').map((name) => name.trim());
  const areKnown = names.every((name) => PROXY_RANGES.includes(name) || isNetwork(name));
  if (areKnown) return names;
  const message = `must be a number of proxies (1 to ${PROXIES_MAX}), or addresses, networks and ${PROXY_RANGES.join(', ')}, separated by commas`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

function isNetwork(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text) || ipaddr.isValidCIDR(text);
}

/** As browsers send them: scheme and host, with the port where it is not the scheme's own, and nothing after it. */
const origins = z.string().transform((text, context): string[] => {
  const names = text.split(',').map((name) => name.trim());
  if (names.every(isOrigin) || text.trim() === '*') return names;
  const message = 'must be origins such as https://shop.example.com, without a path and separated by commas, or *';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** Their values hold passwords or keys and are not shown, not even when they cannot be used. */
const SECRET_VARIABLE = /URL$|KEY$|SECRET|PASSWORD/;

const Environment = z.object({
  /** The application's database URL, as a role that may not change the schema. */
  DATABASE_URL: z.string().url().optional(),
  /** Where migrations run as another role; default: DATABASE_URL. */
  MIGRATION_DATABASE_URL: z.string().url().optional(),
  /** 32 bytes in base64; see secrets-key.ts, which reads it. */
  SECRETS_KEY: z.string().optional(),
  /** The one before it, while what was made with that is still on its way or at rest. */
  SECRETS_KEY_PREVIOUS: z.string().optional(),
  TEMPORAL_ADDRESS: z.string().min(1).optional(),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  TEMPORAL_TASK_QUEUE: z.string().min(1).default('tranche'),
  PORT: port.default(3000),
  /** Where metrics are told. Default: DEFAULT_METRICS_PORT (src/api/listening.ts), or another where that is taken. */
  METRICS_PORT: port.optional(),
  HOST: z.string().min(1).default('127.0.0.1'),
  TRANCHE_HOME: z.string().min(1).default('.tranche'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** How long a create waits for its turn unless the request says otherwise. */
  TURN_WAIT_MS: milliseconds.max(30_000).default(2_000),
  /** How long a request waits for its outcome before it is answered 202. */
  COMMAND_WAIT_MS: milliseconds.default(10_000),
  /** Where the workflows of webhook endpoints live, apart from those of orders. */
  WEBHOOK_TEMPORAL_NAMESPACE: z.string().min(1).default('tranche-webhooks'),
  /** The waits between the attempts to deliver a webhook; default: as published (src/webhooks/schedule.ts). */
  WEBHOOK_RETRY_SCHEDULE_MS: z
    .string()
    .regex(/^[0-9]+(,[0-9]+)*$/, 'milliseconds, separated by commas')
    .transform((list) => list.split(',').map(Number))
    .optional(),
  /** How long the receiver of a webhook may take to answer. */
  WEBHOOK_TIMEOUT_MS: milliseconds.min(1).max(30_000).default(10_000),
  /** 1: webhooks of test mode may go to this machine and its network, in plain http. For development. */
  WEBHOOK_ALLOW_PRIVATE_ADDRESSES: z
    .enum(['0', '1'])
    .default('0')
    .transform((value) => value === '1'),
  /** How often a worker verifies what changed; 0: never. */
  VERIFY_INTERVAL_MS: milliseconds.max(86_400_000).default(60_000),
  /** How long stored commands are kept; an idempotency key is promised for 30 days. */
  RETENTION_COMMAND_DAYS: count.min(30).max(36_500).default(30),
  /** How long a delivery of a webhook is kept once it is done, and the bytes that were sent; a schedule takes 3 days. */
  RETENTION_DELIVERY_DAYS: count.min(7).max(36_500).default(30),
  /** Requests that a merchant's keys of one mode and role may send together. */
  RATE_LIMIT_TEST_PER_MINUTE: count.default(100),
  RATE_LIMIT_TEST_PER_HOUR: count.default(1_000),
  RATE_LIMIT_LIVE_PER_MINUTE: count.default(1_000),
  RATE_LIMIT_LIVE_PER_HOUR: count.default(10_000),
  /** How often a client's network may fail to authenticate before it is answered 429. */
  RATE_LIMIT_AUTH_FAILURES_PER_MINUTE: count.default(30),
  /** The proxies before the API whose X-Forwarded-For is believed; default: none. */
  TRUST_PROXY: trustedProxies.optional(),
  /** The web pages that may call the API from a browser: origins, separated by commas; `*`: all; default: none. */
  CORS_ORIGINS: origins.default([]),
  /** Requests that an API process works on at the same time; more are shed. */
  MAX_REQUESTS_IN_FLIGHT: count.default(2_000),
  /** How long the event loop may be late, for a second on end, before requests are shed. */
  MAX_EVENT_LOOP_DELAY_MS: count.default(1_000),
  /** How long an idle connection is kept. Longer than load balancers keep theirs: 60 s is usual. */
  KEEP_ALIVE_TIMEOUT_MS: milliseconds.min(1_000).max(3_600_000).default(65_000),
});

export type Config = z.infer<typeof Environment>;

/** The names of all variables that are read. */
export const SETTINGS: readonly string[] = Object.keys(Environment.shape);

/** The general limits by mode. */
export function rateLimitsOf(config: Config) {
  return {
    test: { perMinute: config.RATE_LIMIT_TEST_PER_MINUTE, perHour: config.RATE_LIMIT_TEST_PER_HOUR },
    live: { perMinute: config.RATE_LIMIT_LIVE_PER_MINUTE, perHour: config.RATE_LIMIT_LIVE_PER_HOUR },
  };
}

/**
 * @throws Error that names every variable at fault, what it was and what is allowed
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const read = Environment.safeParse(given);
  if (read.success) return read.data;
  const faults = read.error.issues.map(
    ({ path, message }) => `  ${path.join('.')}=${shown(String(path[0]), given)}: ${message}`,
  );
  throw new Error(`These environment variables cannot be used:\n${faults.join('\n')}`);
}

function shown(name: string, given: Readonly<Record<string, unknown>>): string {
  return SECRET_VARIABLE.test(name) ? '(not shown)' : String(given[name]);
}
