/**
 * Where everything that is logged or printed during a test run is kept, to be searched for secrets when the run ends
 * (global-setup.ts). One folder for the run, which child processes find in their environment; a file for each process.
 */
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { createLog } from '../../src/telemetry/log.ts';

/** Holds, a line each, what is secret in this run and has no form to be told by. Not searched itself. */
export const KNOWN_SECRETS_FILE = 'known-secrets';

let log: Logger | null = null;

/**
 * The service's own log at level debug, into the run's folder; also on standard output from TEST_LOG_LEVEL up.
 * Written at once, line by line: some of these processes are killed.
 */
export function testLog(): Logger {
  if (log) return log;
  const { TEST_LOG_LEVEL } = process.env;
  const file = pino.destination({ dest: join(folder(), `process-${process.pid}.log`), append: true, sync: true });
  const shown = TEST_LOG_LEVEL ? [{ level: TEST_LOG_LEVEL as 'debug', stream: process.stdout }] : [];
  log = createLog({ LOG_LEVEL: 'debug' }, pino.multistream([{ level: 'debug', stream: file }, ...shown]));
  return log;
}

/** Keeps what a process has printed. */
export function recordOutput(name: string, text: string): void {
  appendFileSync(join(folder(), `${name}.output`), text);
}

/** Keeps what a process prints, each stream by itself so that its lines stay whole; errors are shown as well. */
export function recordOutputOf(name: string, child: ChildProcess): void {
  child.stdout?.on('data', (chunk) => recordOutput(`${name}-${child.pid}-out`, String(chunk)));
  child.stderr?.on('data', (chunk) => {
    recordOutput(`${name}-${child.pid}-err`, String(chunk));
    process.stderr.write(chunk);
  });
}

/** Makes the run fail when this turns up in a log. */
export function registerSecret(secret: string): void {
  appendFileSync(join(folder(), KNOWN_SECRETS_FILE), `${secret}\n`);
}

/** 32 random bytes in base64 that must not turn up in a log; for SECRETS_KEY. */
export function newSecret(): string {
  const secret = randomBytes(32).toString('base64');
  registerSecret(secret);
  return secret;
}

function folder(): string {
  const { TEST_LOG_DIR } = process.env;
  if (!TEST_LOG_DIR) throw new Error('TEST_LOG_DIR is not set: nothing that is logged would be searched for secrets');
  return TEST_LOG_DIR;
}
