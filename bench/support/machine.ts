/**
 * What the figures were measured on. Without it they say nothing.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Client } from '@temporalio/client';
import postgres from 'postgres';
import { projectPath } from './paths.ts';
import type { Stage } from './stage.ts';

export interface Machine {
  readonly hardware: string;
  readonly system: string;
  readonly versions: string;
  readonly commit: string;
  readonly date: string;
  /** How much the machine did before the run; whatever else runs shares the processors with it. */
  readonly load: string;
}

const GIB = 1024 ** 3;

export async function describeMachine({ adminUrl, client }: Stage): Promise<Machine> {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / GIB)} GiB`;
  const [postgresVersion, temporalVersion] = await Promise.all([
    versionOfPostgres(adminUrl),
    versionOfTemporal(client),
  ]);
  return {
    hardware: `${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}, ${memory}`,
    system: `${type()} ${release()}`,
    versions: [
      `Node ${process.versions.node}`,
      `PostgreSQL ${postgresVersion}`,
      `Temporal ${temporalVersion}`,
      `@temporalio/worker ${packageVersion('@temporalio/worker')}`,
    ].join(' · '),
    commit: commitOf(),
    load: loadavg()[0]?.toFixed(1) ?? '',
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
  };
}

async function versionOfPostgres(url: string): Promise<string> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const [row] = await sql<{ server_version: string }[]>`SHOW server_version`;
    return row?.server_version ?? 'unknown';
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function versionOfTemporal(client: Client): Promise<string> {
  const { serverVersion } = await client.connection.workflowService.getSystemInfo({});
  return serverVersion || 'unknown';
}

function packageVersion(name: string): string {
  const path = projectPath(`node_modules/${name}/package.json`);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

/** With a plus sign when there are changes that are not committed. */
function commitOf(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: projectPath('.'), encoding: 'utf8' }).trim();
  try {
    return (
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--', 'src', 'drizzle') === '' ? '' : '+')
    );
  } catch {
    return 'unknown';
  }
}
