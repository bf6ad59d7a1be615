/**
 * Whether the database's guards hold the role that the service signs in as. Nothing is asked of the database before that
 * is known.
 */
import type { Logger } from 'pino';
import { type Admit, connect, driverErrorOf, isMissingTable } from '../db/client.ts';
import { pastGuards, type Rights, readRights } from '../db/rights.ts';

export interface Guards {
  /** For {@link connect}. */
  readonly admit: Admit;
  /** Rejects when the role turns out to be one that the service does not serve with; never resolves. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

/**
 * Asks which role this is. Where the database is away, statements ask again, and fail as long as it is. Without tables
 * there is nothing to guard, so statements are let through.
 *
 * @throws Error for a role that the guards do not hold, when there are keys of live mode
 */
export async function openGuards(databaseUrl: string, log: Logger): Promise<Guards> {
  const probe = connect(databaseUrl, { max: 1, applicationName: 'tranche-guards' });
  let isKnown = false;
  let asking: Promise<void> | null = null;
  let fail: (problem: Error) => void = () => {};
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  const ask = async () => {
    const rights = await readRights(probe.db).catch(unlessNotMigrated);
    const problem = rights && problemOf(rights, log);
    if (problem) {
      fail(problem);
      throw problem;
    }
    isKnown = rights !== null;
    // It has said all that it was opened for.
    if (isKnown) void probe.close().catch(() => {});
  };
  const admit = () => {
    if (isKnown) return null;
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  };
  await Promise.resolve(admit()).catch(() => {});
  await Promise.race([failed, Promise.resolve()]).catch(async (problem) => {
    await probe.close();
    throw problem;
  });
  return { admit, failed, close: () => probe.close() };
}

/** @throws the driver's own error, so that whose statement waits for the answer can tell that the database is away */
function unlessNotMigrated(error: unknown): null {
  if (isMissingTable(error)) return null;
  throw driverErrorOf(error);
}

/** Null: it may serve. That the guards do not hold it is told of in the log. */
function problemOf(rights: Rights, log: Logger): Error | null {
  if (!rights.isPastGuards) return null;
  if (rights.servesLive) return new Error(`${pastGuards(rights)}. There are keys of live mode, so it does not start.`);
  log.warn({ role: rights.role }, `${pastGuards(rights)}. With keys of live mode it would not start.`);
  return null;
}
