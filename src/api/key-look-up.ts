/**
 * Looks API keys up. Whoever guesses makes keys up, so a key that is not known to exist costs no statement and no
 * connection of its own: all that are asked for while one statement runs share the next. However many strangers ask,
 * they have one connection of the pool. Keys that have existed before are asked for at once.
 */
import { LRUCache } from 'lru-cache';
import { findApiKey, findApiKeys, type UsableApiKey } from '../db/api-keys.ts';
import type { Database } from '../db/client.ts';

const KNOWN_MAX = 10_000;
const IDS_PER_STATEMENT = 500;

interface Asked {
  readonly resolve: (row: UsableApiKey | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Answers the key with an id; null when there is none. Rejects when the database cannot say. */
export function createKeyLookUp(db: Database): (id: string) => Promise<UsableApiKey | null> {
  const known = new LRUCache<string, true>({ max: KNOWN_MAX });
  const asked = new Map<string, Asked[]>();
  let isReading = false;

  const read = async (): Promise<void> => {
    isReading = true;
    while (asked.size > 0) {
      const batch = [...asked].slice(0, IDS_PER_STATEMENT);
      for (const [id] of batch) asked.delete(id);
      try {
        const rows = new Map(
          (
            await findApiKeys(
              db,
              batch.map(([id]) => id),
            )
          ).map((row) => [row.id, row]),
        );
        for (const id of rows.keys()) known.set(id, true);
        for (const [id, all] of batch) for (const { resolve } of all) resolve(rows.get(id) ?? null);
      } catch (error) {
        for (const [, all] of batch) for (const { reject } of all) reject(error);
      }
    }
    isReading = false;
  };

  return (id) => {
    if (known.has(id)) return findApiKey(db, id);
    return new Promise((resolve, reject) => {
      asked.set(id, [...(asked.get(id) ?? []), { resolve, reject }]);
      if (!isReading) void read();
    });
  };
}
