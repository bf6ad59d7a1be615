/** Where commands for operators find the servers: in the settings, or in what the `npm start` of this home wrote. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';

const DEV_FILE_KEYS = { DATABASE_URL: 'databaseUrl', TEMPORAL_ADDRESS: 'temporalAddress' } as const;

/** @throws Error that says what to set or start */
export function addressOf(config: Config, setting: keyof typeof DEV_FILE_KEYS): string {
  const given = config[setting];
  if (given) return given;
  const devFile = join(config.TRANCHE_HOME, 'dev.json');
  if (!existsSync(devFile))
    throw new Error(`${setting} is not set, and there is no ${devFile}: Tranche does not run here (npm start).`);
  const key = DEV_FILE_KEYS[setting];
  const found = (JSON.parse(readFileSync(devFile, 'utf8')) as Record<string, unknown>)[key];
  if (typeof found !== 'string') throw new Error(`${devFile} names no ${key}.`);
  return found;
}

/** What the driver says is the cause; what the ORM wraps around it is a whole statement. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('; ');
  return cause instanceof Error ? cause.message : String(cause);
}
