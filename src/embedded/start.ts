/**
 * `npm start`: everything on one machine. Brings up the servers that are not given, migrates, starts API and worker
 * in this process, seeds, tells where everything is, and stops it all on Ctrl-C.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { requireFreePorts } from '../api/listening.ts';
import { readConfig } from '../config.ts';
import { migrate } from '../db/migrate.ts';
import { type Service, startService } from '../main/service.ts';
import { ApiKeyProofs } from '../proofs/api-key-proofs.ts';
import { readSecretsKey, type SecretsKey } from '../secrets-key.ts';
import { createLog } from '../telemetry/log.ts';
import { bundleWorkflows } from '../worker/worker.ts';
import { ESCROW_ORDER_WORKFLOW, escrowOrderWorkflowId } from '../workflows/messages.ts';
import { prepareHome, writeFileAtomically } from './files.ts';
import { keptSecret } from './secret-file.ts';
import { demoKeys, SEEDED_INTENT_ID, SEEDED_ORDER_ID, seed } from './seed.ts';
import { type Servers, startServers } from './servers.ts';

const APPLICATION_USER = 'tranche';
const startedAt = performance.now();

await main().catch((error: unknown) => {
  say(`\nTranche could not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});

async function main(): Promise<void> {
  const config = readConfig();
  const home = prepareHome(config.TRANCHE_HOME);
  const devFile = join(home, 'dev.json');
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => stop.abort(new Error(`stopped by ${signal}`)));

  const log = createLog({ LOG_LEVEL: process.env.LOG_LEVEL ? config.LOG_LEVEL : 'warn' });
  // Bundling needs neither server, so it runs while they start.
  const bundling = bundleWorkflows(log);
  bundling.catch(() => {});
  const servers = await startServers({
    home,
    log: say,
    databaseUrl: config.DATABASE_URL,
    temporalAddress: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    otherNamespaces: [config.WEBHOOK_TEMPORAL_NAMESPACE],
    signal: stop.signal,
    async beforeStart() {
      // It says that the API answers; one left by a killed run would lie. Only the holder of the home's lock may judge.
      rmSync(devFile, { force: true });
      await requireFreePorts(config);
    },
  });
  let service: Service | null = null;
  try {
    const databaseUrl = config.DATABASE_URL ?? applicationUrl(servers.databaseUrl, home);
    await migrate(config.MIGRATION_DATABASE_URL ?? servers.databaseUrl, databaseUrl);
    const { temporalAddress } = servers;
    const bundle = await bundling;
    const SECRETS_KEY = config.SECRETS_KEY ?? keptSecret(join(home, 'secrets.key'), newSecretsKey);
    service = await startService({
      config: { ...config, SECRETS_KEY },
      databaseUrl,
      temporalAddress,
      log,
      bundle,
      roles: { api: true, worker: true },
    });
    const keys = demoKeys(home);
    const secretsKey = readSecretsKey({ SECRETS_KEY }) as SecretsKey;
    if (!service.gateway) throw new Error('The service was started without its API');
    await seed(service.db, service.gateway, keys, new ApiKeyProofs(secretsKey));
    const dev = {
      apiUrl: `http://localhost:${service.port}`,
      ...keys,
      temporalUiUrl: servers.temporalUiUrl ?? null,
      temporalAddress,
      databaseUrl,
      intentId: SEEDED_INTENT_ID,
    };
    writeFileAtomically(devFile, `${JSON.stringify(dev, null, 2)}\n`);
    announce(dev, devFile, config.TEMPORAL_NAMESPACE);
    await Promise.race([stopped, servers.failed, service.failed]);
    say('\nStopping. Nothing accepted is lost.');
  } finally {
    rmSync(devFile, { force: true });
    await stopAll(service, servers);
  }
  say('Stopped.');
  process.exit(0);
}

/** The service first, while its servers still answer. */
async function stopAll(service: Service | null, servers: Servers): Promise<void> {
  try {
    await service?.stop();
  } finally {
    await servers.stop();
  }
}

/** The embedded database as the application signs in to it: a role that cannot change the schema or the past. */
function applicationUrl(superuserUrl: string, home: string): string {
  const url = new URL(superuserUrl);
  url.username = APPLICATION_USER;
  url.password = keptSecret(join(home, 'application.password'), () => randomBytes(24).toString('hex'));
  return url.href;
}

function newSecretsKey(): string {
  return randomBytes(32).toString('base64');
}

function announce(
  dev: { apiUrl: string; apiKey: string; temporalUiUrl: string | null },
  devFile: string,
  namespace: string,
): void {
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const body = '{"milestoneIndex":0,"description":"Initial payment - 30%","amount":"300.00","percentage":30}';
  say(`
Tranche is ready after ${seconds} s.

  API           ${dev.apiUrl}
  Temporal UI   ${dev.temporalUiUrl ?? 'at the Temporal server given by TEMPORAL_ADDRESS'}
${dev.temporalUiUrl === null ? '' : linksTo(dev.temporalUiUrl, namespace)}  API key       ${dev.apiKey}
  All of this   ${devFile}

A funded order of 1000.00 USDC waits. Add its first milestone:

  curl ${dev.apiUrl}/v1/payment-intents/${SEEDED_INTENT_ID}/escrow/milestones \\
    -H "X-API-Key: ${dev.apiKey}" -H "Content-Type: application/json" -X POST \\
    -d '${body}'

Ctrl-C stops everything; the data stays.`);
}

/** Runs and payouts stand among the orders where the list is opened by itself. */
function linksTo(ui: string, namespace: string): string {
  const workflows = `${ui}/namespaces/${encodeURIComponent(namespace)}/workflows`;
  const orders = encodeURIComponent(`WorkflowType = '${ESCROW_ORDER_WORKFLOW}'`);
  return `  Order book    ${workflows}?query=${orders}
  This order    ${workflows}/${encodeURIComponent(escrowOrderWorkflowId(SEEDED_ORDER_ID))}
`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
