/**
 * What the two mains share: settings, the service in the given role, and an orderly end.
 */
import closeWithGrace from 'close-with-grace';
import { readConfig } from '../config.ts';
import { createLog } from '../telemetry/log.ts';
import type { ServiceOptions } from './parts.ts';
import { startService } from './service.ts';

const STOP_TIMEOUT_MS = 20_000;

export async function runService(roles: ServiceOptions['roles']): Promise<void> {
  const config = readConfig();
  const { DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: temporalAddress } = config;
  if (!databaseUrl || !temporalAddress) {
    throw new Error('DATABASE_URL and TEMPORAL_ADDRESS must be set. To run without either, use "npm start".');
  }
  if (!config.SECRETS_KEY) {
    throw new Error(
      'SECRETS_KEY must be set, the same for all processes: with it commands prove who sent them. Make one with: openssl rand -base64 32',
    );
  }
  const log = createLog(config);
  const service = await startService({ config, databaseUrl, temporalAddress, log, roles });
  log.info({ roles, port: service.port, metricsPort: service.metricsPort }, 'started');
  const { close } = closeWithGrace({ delay: STOP_TIMEOUT_MS, logger: log }, async ({ err, signal }) => {
    if (err) log.fatal({ err }, 'stopping because of an error');
    else log.info({ signal }, 'stopping');
    await service.stop();
  });
  service.failed.catch((err: unknown) => {
    log.fatal({ err }, 'cannot go on');
    process.exitCode = 1;
    close();
  });
}
