import { delimiter, resolve } from 'node:path';
import { cacheFolders, download, findCached } from './temporal-cache.ts';
import { type BinarySource, downloadSources } from './temporal-download.ts';
import { isExecutable, whyNotTemporal } from './temporal-program.ts';

type Search = {
  /** Folder of the instance; takes the download when no user cache can be written. */
  home: string;
  log: (line: string) => void;
  /** Read for TEMPORAL_CLI_PATH, PATH, XDG_CACHE_HOME and HOME. */
  env: NodeJS.ProcessEnv;
  /** Where to fetch the program from when the machine has none, in this order. */
  sources?: readonly BinarySource[];
  signal?: AbortSignal | undefined;
};

/**
 * Finds the `temporal` program: TEMPORAL_CLI_PATH, PATH, the copy of an earlier download, then the download sources.
 *
 * @returns its absolute path.
 * @throws Error when TEMPORAL_CLI_PATH is set to something else than the Temporal CLI, or one listing every way that
 * was tried and what the user can do.
 */
export async function findTemporalBinary(search: Search): Promise<string> {
  const { home, log, env, sources = downloadSources, signal } = search;
  const { TEMPORAL_CLI_PATH: configured, PATH = '' } = env;
  if (configured) return configuredBinary(configured);
  const tried = ['TEMPORAL_CLI_PATH: not set'];

  const onPath = await binaryOnPath(PATH, log);
  if (onPath !== undefined) return onPath;
  tried.push('"temporal" on PATH: not found');

  const folders = cacheFolders(home, env);
  const cached = findCached(folders);
  if (cached !== undefined) return cached;
  tried.push(`copy of an earlier download: none in ${folders.join(' or ')}`);

  for (const source of sources) {
    try {
      return await download(source, folders, log, signal);
    } catch (error) {
      signal?.throwIfAborted();
      const failure = `${source.name}: ${(error as Error).message}`;
      log(`Temporal from ${failure}`);
      tried.push(failure);
    }
  }
  throw new Error(nothingFound(tried));
}

function nothingFound(tried: readonly string[]): string {
  return [
    'The Temporal server program was not found and could not be downloaded. Tried, in this order:',
    ...tried.map((line, index) => `  ${index + 1}. ${line}`),
    'Do one of these, then start again:',
    '  - install the Temporal CLI (https://docs.temporal.io/cli/setup-cli), so that "temporal" is on PATH;',
    '  - set TEMPORAL_CLI_PATH to the path of the program;',
    '  - set TEMPORAL_ADDRESS to the host:port of a running Temporal server.',
  ].join('\n');
}

async function configuredBinary(path: string): Promise<string> {
  const absolute = resolve(path);
  const problem = await whyNotTemporal(absolute);
  if (problem === undefined) return absolute;
  throw new Error(
    `TEMPORAL_CLI_PATH is set to ${path}, which is not a Temporal CLI that runs here: ${problem}. ` +
      'Set it to the path of the "temporal" program, or unset it to have one found or downloaded.',
  );
}

/** Version managers put stand-ins on PATH that only fail when called, hence the trial run. */
async function binaryOnPath(path: string, log: (line: string) => void): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter((entry) => entry !== '')) {
    const candidate = resolve(folder, 'temporal');
    if (!isExecutable(candidate)) continue;
    const problem = await whyNotTemporal(candidate);
    if (problem === undefined) return candidate;
    log(`Passing over ${candidate}: ${problem}`);
  }
  return undefined;
}
