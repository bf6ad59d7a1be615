/**
 * Whether the database's guards hold the role that the service signs in as.
 */
import type { Logger } from 'pino';
import type { Database } from './db/client.ts';
import { pastGuards, readRights } from './db/rights.ts';

const ASKED_EVERY_MS = 1_000;

/**
 * Tells of a role that the guards do not hold.
 *
 * @returns false when that could not be found out: the database is away or not migrated, which is told of elsewhere
 * @throws Error when there are keys of live mode
 */
export async function requireGuards(db: Database, log: Logger): Promise<boolean> {
  const rights = await readRights(db).catch(() => null);
  if (!rights?.isPastGuards) return rights !== null;
  if (rights.servesLive) throw new Error(`${pastGuards(rights)}. There are keys of live mode, so it does not start.`);
  log.warn({ role: rights.role }, `${pastGuards(rights)}. With keys of live mode it would not start.`);
  return true;
}

/** Asks again until it is known; rejects when the role is one that the service does not start with. */
export function guardsOnceThere(db: Database, log: Logger): { readonly failed: Promise<never>; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    const ask = () => requireGuards(db, log).then((isKnown) => (isKnown ? undefined : later()), reject);
    const later = () => {
      timer = setTimeout(ask, ASKED_EVERY_MS);
    };
    later();
  });
  failed.catch(() => {});
  return { failed, stop: () => clearTimeout(timer) };
}
