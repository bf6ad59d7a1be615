/** The last check of a test run: no secret in anything that was logged or printed, and enough was looked at. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, type Scan, scanFiles } from './secret-scan.ts';
import { KNOWN_SECRETS_FILE } from './test-log.ts';

/** From so many test files on it is a run of all of them. */
const FULL_RUN_MIN_FILES = 60;
/** A full run logs several times as much. Fewer: something has stopped logging, or logs elsewhere. */
const FULL_RUN_MIN_LINES = 10_000;

/**
 * @param testFiles how many test files ran
 * @throws Error that says where secrets are, without showing them, or that too little was logged
 */
export function scanRun(folder: string, testFiles: number): Scan {
  const known = readFileSync(join(folder, KNOWN_SECRETS_FILE), 'utf8')
    .split('\n')
    .filter((secret) => secret !== '');
  const scan = scanFiles(filesBelow(folder, KNOWN_SECRETS_FILE), known);
  const { findings, lines } = scan;
  if (findings.length > 0) {
    const places = findings.slice(0, 20).map(({ file, line, kind }) => `  ${kind} in ${file}, line ${line}`);
    throw new Error(`There are secrets in ${findings.length} lines that were logged:\n${places.join('\n')}`);
  }
  if (testFiles >= FULL_RUN_MIN_FILES && lines < FULL_RUN_MIN_LINES) {
    throw new Error(
      `Only ${lines} lines were logged by ${testFiles} test files, and at least ${FULL_RUN_MIN_LINES} are expected: the search for secrets proves nothing`,
    );
  }
  return scan;
}
