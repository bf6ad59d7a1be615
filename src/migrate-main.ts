/**
 * Applies migrations and makes the application's login: once for each release, before the rest starts. With
 * `--adopt-commands` or `--adopt-api-keys` what has no proof is believed, see docs/OPERATIONS.md.
 */
import { readConfig } from './config.ts';
import { migrate } from './db/migrate.ts';

const { DATABASE_URL, MIGRATION_DATABASE_URL } = readConfig();
if (!DATABASE_URL)
  throw new Error('DATABASE_URL must be set: the database to migrate, as the application signs in to it.');
const adopted = (['commands', 'api-keys'] as const).filter((one) => process.argv.includes(`--adopt-${one}`));
const done = await migrate(MIGRATION_DATABASE_URL ?? DATABASE_URL, DATABASE_URL, adopted);
process.stdout.write(`Migrations applied.${done === null ? '' : ` ${done}`}\n`);
