/**
 * How long a command may wait for its turn, as the client prefers (RFC 7240). Total: a preference that cannot be
 * read or is not known is no error, it is ignored.
 */
import type { Response } from 'express';

const MAX_WAIT_SECONDS = 30;
/** Not anchored at its end, where parameters may follow: an anchor would make long runs of spaces expensive. */
const PREFERENCE = /^([^\s=;"]+)\s*(?:=\s*(?:"([^"]*)"|([^\s;"]*)))?/;

export interface TurnPreference {
  /** 0 refuses at once, null holds without end. */
  readonly turnWaitMs: number | null;
  /** What to say in Preference-Applied; null when the client preferred nothing that applies. */
  readonly applied: string | null;
}

/** `handling=strict` goes before `handling=lenient`, and both before `wait=N`, which is cut to 30 seconds. */
export function readTurnPreference(header: string | undefined, defaultWaitMs: number): TurnPreference {
  const preferences = parsePreferences(header ?? '');
  const handling = preferences.get('handling');
  if (handling === 'strict') return { turnWaitMs: 0, applied: 'handling=strict' };
  if (handling === 'lenient') return { turnWaitMs: null, applied: 'handling=lenient' };
  const wait = preferences.get('wait') ?? '';
  if (!/^[0-9]{1,9}$/.test(wait)) return { turnWaitMs: defaultWaitMs, applied: null };
  const seconds = Math.min(Number(wait), MAX_WAIT_SECONDS);
  return { turnWaitMs: seconds * 1_000, applied: `wait=${seconds}` };
}

/** Takes back that a wait was applied (RFC 7240, section 3), where its client is answered before. */
export function withdrawWait(response: Response): void {
  if (response.get('Preference-Applied')?.startsWith('wait=')) response.removeHeader('Preference-Applied');
}

/** By lower-case name; of several with one name the first counts. */
function parsePreferences(header: string): Map<string, string> {
  const preferences = new Map<string, string>();
  // Commas separate, also those between several headers, except within quotes.
  for (const part of header.match(/(?:[^,"]|"[^"]*"?)+/g) ?? []) {
    const [, name, quoted, bare] = PREFERENCE.exec(part.trim()) ?? [];
    const key = name?.toLowerCase();
    if (key !== undefined && !preferences.has(key)) preferences.set(key, quoted ?? bare ?? '');
  }
  return preferences;
}
