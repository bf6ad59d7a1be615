/**
 * One PostgreSQL and one Temporal server for the whole run, the real ones, in a home of their own. Test files get a
 * database cloned from a migrated template, and a task queue of their own.
 */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/db/migrate.ts';
import { startServers } from '../../src/embedded/servers.ts';
import { connectClient } from '../../src/temporal/connection.ts';
import { registerSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { bundleWorkflows } from '../../src/worker/worker.ts';
import { scanRun } from './scan-run.ts';
import { registerSecret, testLog } from './test-log.ts';
import { APPLICATION_LOGIN, TEMPLATE_DATABASE, withDatabase, withLogin } from './urls.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** As superuser, of the maintenance database. */
    databaseUrl: string;
    temporalAddress: string;
    /** The bundled workflow code, made once. */
    workflowBundlePath: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(path.join(tmpdir(), 'tranche-test-'));
  const logFolder = await mkdtemp(path.join(tmpdir(), 'tranche-test-logs-'));
  // Test files and what they start inherit it.
  process.env.TEST_LOG_DIR = logFolder;
  const log = testLog();
  const servers = await startServers({
    home,
    log: (line) => process.stderr.write(`${line}\n`),
    otherNamespaces: ['tranche-webhooks'],
    // A few hundred commands are enough to make an order continue as new.
    dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': 200 },
  });
  const client = connectClient(servers.temporalAddress, 'default');
  const problem = await registerSearchAttributes(client, 'default');
  await client.connection.close();
  if (problem !== null) throw new Error(problem);
  for (const secret of [APPLICATION_LOGIN.password, new URL(servers.databaseUrl).password, process.env.SECRETS_KEY]) {
    if (secret) registerSecret(secret);
  }
  const sql = postgres(servers.databaseUrl, { max: 1, onnotice: () => {} });
  await sql.unsafe(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
  await sql.end();
  const template = withDatabase(servers.databaseUrl, TEMPLATE_DATABASE);
  await migrate(template, withLogin(template, APPLICATION_LOGIN));

  const workflowBundlePath = path.join(home, 'workflow-bundle.js');
  const { code } = await bundleWorkflows(log);
  await writeFile(workflowBundlePath, code);

  project.provide('databaseUrl', servers.databaseUrl);
  project.provide('temporalAddress', servers.temporalAddress);
  project.provide('workflowBundlePath', workflowBundlePath);
  return async () => {
    await servers.stop();
    await cp(path.join(home, 'logs'), path.join(logFolder, 'servers'), { recursive: true });
    const failure = searchForSecrets(logFolder);
    await rm(home, { recursive: true, force: true });
    if (failure) {
      // vitest only prints what a teardown throws.
      process.exitCode = 1;
      throw failure;
    }
    await rm(logFolder, { recursive: true, force: true });
  };
}

/** Answers what is wrong; whoever looks for the secret finds the logs where the message says. */
function searchForSecrets(logFolder: string): unknown {
  try {
    const { lines, files } = scanRun(logFolder, Number(process.env.TEST_FILES_RUN));
    process.stdout.write(`No secret in ${lines} lines of ${files} logs.\n`);
    return null;
  } catch (error) {
    return error;
  }
}
