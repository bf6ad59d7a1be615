/** Where commands for operators find the servers: in the settings, or in what the `npm start` of this home wrote. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { readSecretsKey, type SecretsKey } from '../secrets-key.ts';

const DEV_FILE_KEYS = { DATABASE_URL: 'databaseUrl', TEMPORAL_ADDRESS: 'temporalAddress' } as const;

/** @throws Error that says what to set or start */
export function addressOf(config: Config, setting: keyof typeof DEV_FILE_KEYS): string {
  const given = config[setting];
  if (given) return given;
  const devFile = devFileOf(config);
  if (!existsSync(devFile))
    throw new Error(`${setting} is not set, and there is no ${devFile}: Tranche does not run here (npm start).`);
  const found = inDevFile(devFile, setting);
  if (found === null) throw new Error(`${devFile} names no ${DEV_FILE_KEYS[setting]}.`);
  return found;
}

/**
 * The service's secret: in the settings, or in the home of the `npm start` that serves this database. Null: there is none.
 *
 * @throws Error when it is not 32 bytes in base64
 */
export function secretsKeyOf(config: Config): SecretsKey | null {
  if (config.SECRETS_KEY) return readSecretsKey(config);
  const [devFile, kept] = [devFileOf(config), join(config.TRANCHE_HOME, 'secrets.key')];
  if (!existsSync(devFile) || !existsSync(kept)) return null;
  const isItsDatabase = addressOf(config, 'DATABASE_URL') === inDevFile(devFile, 'DATABASE_URL');
  return isItsDatabase ? readSecretsKey({ SECRETS_KEY: readFileSync(kept, 'utf8').trim() }) : null;
}

function devFileOf({ TRANCHE_HOME }: Config): string {
  return join(TRANCHE_HOME, 'dev.json');
}

function inDevFile(devFile: string, setting: keyof typeof DEV_FILE_KEYS): string | null {
  const found = (JSON.parse(readFileSync(devFile, 'utf8')) as Record<string, unknown>)[DEV_FILE_KEYS[setting]];
  return typeof found === 'string' ? found : null;
}

/** What the driver says is the cause; what the ORM wraps around it is a whole statement. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('; ');
  return cause instanceof Error ? cause.message : String(cause);
}
