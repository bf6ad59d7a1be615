/**
 * docs/OPERATIONS.md as its readers use it: its queries and commands are taken from the text and run as they stand, with
 * the real Temporal CLI.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, inject } from 'vitest';
import { findTemporalBinary } from '../../src/embedded/temporal-binary.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TEXT = readFileSync(path.join(ROOT, 'docs/OPERATIONS.md'), 'utf8');

const [, RECIPES_TEXT = ''] = /^### Recipes$(.*?)^##/ms.exec(TEXT) ?? [];

/** The queries of the recipes, by what they find. */
export const RECIPES: Readonly<Record<string, string>> = Object.fromEntries(
  [...RECIPES_TEXT.matchAll(/^\| ([^|]+) \| `([^`]+)` \|$/gm)].map(([, title = '', query = '']) => [title, query]),
);

/** A recipe's query with instants in place of <now - 3 days>, as `date` works them out. */
export function queryFor(title: string): string {
  const query = RECIPES[title];
  if (!query) throw new Error(`There is no recipe "${title}"`);
  return query.replace(/<(now [^>]+)>/g, (_, instant: string) =>
    execFileSync('date', ['-u', '-d', instant, '+%FT%TZ'], { encoding: 'utf8' }).trim(),
  );
}

/** The one command in the section of this title. */
export function commandUnder(heading: string): string {
  const section = TEXT.split(/^### /m).find((one) => one.startsWith(`${heading}\n`));
  const [, command] = /^```sh\n(.+)\n```$/m.exec(section ?? '') ?? [];
  if (!command) throw new Error(`No command stands under "${heading}"`);
  return command;
}

export interface Shell {
  /** Runs a line in bash, with these variables and the Temporal CLI on PATH. Answers what it printed. */
  run(line: string, variables?: Readonly<Record<string, string>>): Promise<string>;
  /** The ids of the workflows that a query finds. */
  list(query: string): Promise<string[]>;
}

/** A shell whose Temporal CLI talks to the test run's server. */
export async function operatorShell(): Promise<Shell> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tranche-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(
    await findTemporalBinary({ home: folder, log: () => {}, env: process.env }),
    path.join(folder, 'temporal'),
  );
  const environment = {
    ...process.env,
    PATH: `${folder}:${process.env.PATH}`,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_NAMESPACE: 'default',
  };
  const run: Shell['run'] = async (line, variables = {}) => {
    const env = { ...environment, ...variables };
    const { stdout } = await promisify(execFile)('bash', ['-euc', line], { cwd: ROOT, env });
    return stdout;
  };
  const list: Shell['list'] = async (query) => {
    const found = await run('temporal workflow list --query "$QUERY" --limit 200 --output json', { QUERY: query });
    return (JSON.parse(found || '[]') as { execution: { workflowId: string } }[]).map(
      ({ execution }) => execution.workflowId,
    );
  };
  return { run, list };
}
