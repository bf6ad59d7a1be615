import { prepareHome } from './files.ts';
import { type HomeLock, takeHomeLock } from './home-lock.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './postgres.ts';
import { type EmbeddedTemporal, startEmbeddedTemporal, type TemporalOptions } from './temporal.ts';

export type ServersOptions = TemporalOptions & {
  /** URL of a PostgreSQL server to use instead of an embedded one. */
  databaseUrl?: string | undefined;
  /** host:port of a Temporal server to use instead of an embedded one. */
  temporalAddress?: string | undefined;
  /**
   * Called once nobody else runs on the home, before any server is started. What it throws ends the start. Called, too,
   * when both servers are given and there is nothing to lock.
   */
  beforeStart?: (() => Promise<void>) | undefined;
};

export type Servers = {
  databaseUrl: string;
  temporalAddress: string;
  /** Address of Temporal's web interface; undefined when `temporalAddress` was given, as it is not known then. */
  temporalUiUrl: string | undefined;
  /** Rejects, with the server's last log lines, when an embedded server ends unasked; never resolves. */
  failed: Promise<never>;
  /** Ends the embedded servers and lets go of the home. Takes 15 s at most; further calls wait for the first one. */
  stop(): Promise<void>;
};

/**
 * Starts the servers that are not given, both at once, and waits until they answer. While they run this process holds
 * the lock of the home; when both servers are given nothing is started, and the home is neither locked nor created.
 *
 * @param options.signal stops a start that is under way, for instance on Ctrl-C during a download.
 * @throws Error when another process runs on the home, or when a server cannot be started; what was started until then
 * has been ended again.
 */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const { databaseUrl, temporalAddress } = options;
  if (databaseUrl !== undefined && temporalAddress !== undefined) {
    const failed = new Promise<never>(() => {});
    await options.beforeStart?.();
    return { databaseUrl, temporalAddress, temporalUiUrl: undefined, failed, stop: async () => {} };
  }
  refuseWindows();
  const home = prepareHome(options.home);
  const lock = takeHomeLock(home);
  try {
    await options.beforeStart?.();
  } catch (error) {
    lock.release();
    throw error;
  }
  const abort = new AbortController();
  const passOn = () => abort.abort(options.signal?.reason);
  options.signal?.addEventListener('abort', passOn);
  if (options.signal?.aborted) passOn();

  const embedded = { ...options, home, signal: abort.signal };
  const starting = [
    databaseUrl === undefined ? startEmbeddedPostgres(embedded) : undefined,
    temporalAddress === undefined ? startEmbeddedTemporal(embedded) : undefined,
  ] as const;
  try {
    const [postgres, temporal] = await Promise.all(starting);
    return {
      databaseUrl: databaseUrl ?? (postgres as EmbeddedPostgres).url,
      temporalAddress: temporalAddress ?? (temporal as EmbeddedTemporal).address,
      temporalUiUrl: temporal?.uiUrl,
      failed: firstFailure([postgres, temporal]),
      stop: once(() => stopAll([postgres, temporal], lock)),
    };
  } catch (error) {
    // The other one may be in the middle of a download that takes minutes.
    abort.abort(error);
    const outcomes = await Promise.allSettled(starting);
    const started = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined));
    await stopAll(started, lock).catch((stopError: Error) => options.log(stopError.message));
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', passOn);
  }
}

type Embedded = EmbeddedPostgres | EmbeddedTemporal | undefined;

function firstFailure(servers: readonly Embedded[]): Promise<never> {
  const failed = Promise.race(servers.flatMap((server) => (server === undefined ? [] : [server.failed])));
  // A caller that does not watch it is not punished with an unhandled rejection; one that does still gets it.
  failed.catch(() => {});
  return failed;
}

/** Ends all of them even when one resists, and reports that one afterwards. */
async function stopAll(servers: readonly Embedded[], lock: HomeLock): Promise<void> {
  const outcomes = await Promise.allSettled(servers.map((server) => server?.stop()));
  lock.release();
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

function once(work: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}

function refuseWindows(): void {
  if (process.platform !== 'win32') return;
  throw new Error(
    'The embedded servers run on Linux and macOS. On Windows start Tranche inside WSL, or set both DATABASE_URL ' +
      '(a PostgreSQL server) and TEMPORAL_ADDRESS (host:port of a Temporal server).',
  );
}
