/** A worker in a process of its own, so that it can be killed. Settings come by environment. */
import { readFileSync } from 'node:fs';
import { readConfig } from '../../src/config.ts';
import { startService } from '../../src/main/service.ts';
import { createLog } from '../../src/telemetry/log.ts';

// The test is gone: so is its worker.
process.on('disconnect', () => process.exit(1));

const config = readConfig();
await startService({
  config,
  databaseUrl: config.DATABASE_URL ?? '',
  temporalAddress: config.TEMPORAL_ADDRESS ?? '',
  log: createLog(config),
  roles: { api: false, worker: true },
  bundle: { code: readFileSync(process.env.WORKFLOW_BUNDLE ?? '', 'utf8') },
});
process.send?.('polling');
