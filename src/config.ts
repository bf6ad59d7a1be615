/**
 * Settings from the environment, read once. Every variable is listed here and in the README.
 */
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const count = z.coerce.number().int().min(1).max(1_000_000_000);
const milliseconds = z.coerce.number().int().min(0);

const Environment = z.object({
  /** The application's database URL, as a role that may not change the schema. */
  DATABASE_URL: z.string().url().optional(),
  /** Where migrations run as another role; default: DATABASE_URL. */
  MIGRATION_DATABASE_URL: z.string().url().optional(),
  /** 32 bytes in base64; see secrets-key.ts, which reads it. */
  SECRETS_KEY: z.string().optional(),
  TEMPORAL_ADDRESS: z.string().min(1).optional(),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  TEMPORAL_TASK_QUEUE: z.string().min(1).default('tranche'),
  PORT: port.default(3000),
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
  /** Requests that a merchant's keys of one mode and role may send together. */
  RATE_LIMIT_TEST_PER_MINUTE: count.default(100),
  RATE_LIMIT_TEST_PER_HOUR: count.default(1_000),
  RATE_LIMIT_LIVE_PER_MINUTE: count.default(1_000),
  RATE_LIMIT_LIVE_PER_HOUR: count.default(10_000),
  /** How often an address may fail to authenticate before it is answered 429. */
  RATE_LIMIT_AUTH_FAILURES_PER_MINUTE: count.default(30),
});

export type Config = z.infer<typeof Environment>;

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
    ({ path, message }) => `  ${path.join('.')}=${given[String(path[0])]}: ${message}`,
  );
  throw new Error(`These environment variables cannot be used:\n${faults.join('\n')}`);
}
