/**
 * A database file of Temporal that is empty, damaged or cut short. PostgreSQL is the memory of what is due, so nothing
 * is lost with it but the histories that the UI shows: orders wake, and load from the database.
 */
import { existsSync, renameSync } from 'node:fs';

/** SQLite's words for a file that it cannot use, and the server's for one without its tables. */
const DAMAGED = /file is not a database|database disk image is malformed|no such table/;

export function tellsOfDamage(error: unknown): boolean {
  return error instanceof Error && DAMAGED.test(error.message);
}

/**
 * Moves a database file with its write-ahead log out of the way.
 *
 * @returns where it lies now
 */
export function setAside(file: string, now = new Date()): string {
  const aside = `${file}.damaged-${now.toISOString().replaceAll(/[:.]/g, '-')}`;
  for (const part of ['', '-wal', '-shm']) {
    if (existsSync(`${file}${part}`)) renameSync(`${file}${part}`, `${aside}${part}`);
  }
  return aside;
}
