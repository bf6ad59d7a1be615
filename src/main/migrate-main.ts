/**
 * Applies migrations and makes the application's login: once for each release, before the rest starts. With
 * `--adopt-commands`, `--adopt-api-keys` or `--adopt-webhook-endpoints` what has no proof is believed, see
 * docs/OPERATIONS.md.
 */
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { ADOPTED, migrate } from '../db/migrate.ts';

const { DATABASE_URL, MIGRATION_DATABASE_URL } = readConfig();
if (!DATABASE_URL)
  throw new Error('DATABASE_URL must be set: the database to migrate, as the application signs in to it.');
const options = Object.fromEntries(ADOPTED.map((one) => [`adopt-${one}`, { type: 'boolean' as const }]));
const { values } = parseArgs({ options });
const adopted = ADOPTED.filter((one) => values[`adopt-${one}`]);
const done = await migrate(MIGRATION_DATABASE_URL ?? DATABASE_URL, DATABASE_URL, adopted);
process.stdout.write(`Migrations applied.${done === null ? '' : ` ${done}`}\n`);
