/**
 * A real `npm start` in a process of its own, as a person runs it, and what becomes of all its processes. Whatever is
 * still running after the file is killed, and its homes are removed.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { identifyProcess, isStillRunning, type ProcessIdentity } from '../../src/embedded/process-identity.ts';
import { NO_RATE_LIMITS } from './no-rate-limits.ts';
import { recordOutput, recordOutputOf, registerSecret } from './test-log.ts';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY_TIMEOUT_MS = 60_000;
const EXIT_TIMEOUT_MS = 30_000;
/** What would make it use other servers than its own, or behave differently from a first try. */
const NOT_INHERITED =
  /^(DATABASE_URL|MIGRATION_DATABASE_URL|TEMPORAL_.*|TRANCHE_HOME|PORT|HOST|LOG_LEVEL|.*_WAIT_MS|NODE_ENV|VITEST.*)$/;

const homes: string[] = [];
const starts: NpmStart[] = [];

// At the top of this file, because a hook that a test registers never runs.
afterAll(async () => {
  for (const start of starts) await start.killAll();
  for (const left of homes.flatMap(processesOf)) killIfRunning(left);
  await until('no process on any home', () => homes.flatMap(processesOf).length === 0);
  for (const home of homes) {
    for (const secret of ['secrets.key', 'application.password'].map((name) => join(home, name)).filter(existsSync)) {
      registerSecret(readFileSync(secret, 'utf8').trim());
    }
    for (const log of serverLogs(home)) recordOutput(`servers-${basename(home)}`, readFileSync(log, 'utf8'));
  }
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

/** `TRANCHE_HOME/dev.json`. */
export interface DevFile {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly otherApiKey: string;
  readonly temporalUiUrl: string;
  readonly temporalAddress: string;
  readonly databaseUrl: string;
  readonly intentId: string;
}

export interface NpmStart {
  /** Of npm, the process a person sees. */
  readonly pid: number;
  readonly home: string;
  /** All that was printed so far, both streams. */
  output(): string;
  /** Waits until it says that it is ready, and reads dev.json. */
  ready(): Promise<DevFile>;
  /** Waits for npm to end by itself. */
  exitCode(): Promise<number | null>;
  /** npm and everything below it, as it is now. */
  processes(): ProcessIdentity[];
  /** SIGKILL to all of them at once: nobody gets to tidy up. */
  killAll(): Promise<void>;
}

/** A new folder, removed after the file. */
export function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'tranche-start-'));
  homes.push(home);
  return home;
}

export function npmStart(home: string, port: number): NpmStart {
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name));
  const child = spawn('npm', ['start'], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), TRANCHE_HOME: home, PORT: String(port), ...NO_RATE_LIMITS },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, as a shell gives to each command.
    detached: true,
  });
  recordOutputOf('npm-start', child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk));
  const pid = child.pid as number;
  const started: NpmStart = {
    pid,
    home,
    output: () => printed,
    async ready() {
      // Not for dev.json: one left by a killed run is there for a while.
      await until('it to be ready', () => /is ready after/.test(printed) || hasEnded(child), READY_TIMEOUT_MS);
      if (hasEnded(child)) throw new Error(`npm start ended instead of getting ready:\n${printed}`);
      return JSON.parse(readFileSync(join(home, 'dev.json'), 'utf8'));
    },
    async exitCode() {
      if (!hasEnded(child)) await once(child, 'exit', { signal: AbortSignal.timeout(EXIT_TIMEOUT_MS) });
      return child.exitCode;
    },
    processes: () => (hasEnded(child) ? [] : familyOf(pid)),
    async killAll() {
      const family = started.processes();
      for (const one of family) killIfRunning(one);
      await until('all of them to be gone', () => !family.some(isStillRunning));
    },
  };
  starts.push(started);
  return started;
}

/** Every process of this machine that names the home in its command line. */
export function processesOf(home: string): ProcessIdentity[] {
  const rows = processTable('args').filter(([, , args]) => args.includes(home));
  return rows.flatMap(([pid]) => identifyProcess(pid) ?? []);
}

function serverLogs(home: string): string[] {
  const folder = join(home, 'logs');
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

/** A port that nobody listens on right now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function familyOf(pid: number): ProcessIdentity[] {
  const rows = processTable('comm');
  const family = [pid];
  // The list grows while it is walked, by the children of each member.
  for (const parent of family) family.push(...rows.filter(([, ppid]) => ppid === parent).map(([child]) => child));
  return family.flatMap((member) => identifyProcess(member) ?? []);
}

function processTable(column: 'args' | 'comm'): [pid: number, parent: number, text: string][] {
  const table = execFileSync('ps', ['-A', '-ww', '-o', `pid=,ppid=,${column}=`], { encoding: 'utf8' });
  return [...table.matchAll(/^ *(\d+) +(\d+) +(.*)$/gm)].map(([, pid, parent, text]) => [
    Number(pid),
    Number(parent),
    text ?? '',
  ]);
}

function killIfRunning(one: ProcessIdentity): void {
  if (isStillRunning(one)) process.kill(one.pid, 'SIGKILL');
}
