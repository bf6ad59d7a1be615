/**
 * Searches what was logged for secrets. It knows their forms by itself and not from src/telemetry/log.ts, so that a mistake there
 * is not made twice.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const FORMS: Readonly<Record<string, RegExp>> = {
  // Prefix and sixteen digits are the public id; whatever follows them is secret.
  'API key': /sk_(?:test|live|hackathon)_[0-9a-f]{16}[0-9a-f]{4,}/i,
  'secret of an API key': /(?<![0-9a-f])[0-9a-f]{72}(?![0-9a-f])/i,
  'webhook secret': /whsec_[A-Za-z0-9+/_-]{8,}/,
  'password in a URL': /[a-z]+(?::|%3A)(?:\/\/|%2F%2F)[^\s:@/"'\\]*(?::|%3A)(?!\[redacted\])[^\s:@/"'\\]+(?:@|%40)/i,
};

/** What `npm start` and whoever makes a key show to the person who asked for it. */
const SHOWN_ON_PURPOSE: Readonly<Record<string, RegExp>> = {
  'npm-start': /^ {2}API key {7}sk_test_[0-9a-f]{88}$|^ {4}-H "X-API-Key: sk_test_[0-9a-f]{88}" /,
};

export interface Finding {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly kind: string;
}

export interface Scan {
  readonly files: number;
  readonly lines: number;
  readonly findings: readonly Finding[];
}

/** @param known secrets without a form of their own */
export function scanFiles(paths: readonly string[], known: readonly string[]): Scan {
  const needles = known.flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
  const scans = paths.map((path) => {
    const lines = readFileSync(path, 'utf8').split('\n');
    if (lines.at(-1) === '') lines.pop();
    const findings = lines.flatMap((text, index) => {
      const kind = isOnPurpose(basename(path), text) ? null : secretIn(text, needles);
      return kind === null ? [] : [{ file: path, line: index + 1, kind }];
    });
    return { lines: lines.length, findings };
  });
  return {
    files: paths.length,
    lines: scans.reduce((total, { lines }) => total + lines, 0),
    findings: scans.flatMap(({ findings }) => findings),
  };
}

/** Everything in a folder and below it, but for files of this name. */
export function filesBelow(folder: string, except: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== except)
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * The kind of the first secret in a line; null: none.
 *
 * @param needles secrets without a form of their own, as they may be written
 */
export function secretIn(text: string, needles: readonly string[]): string | null {
  const [kind] = Object.entries(FORMS).find(([, form]) => form.test(text)) ?? [];
  if (kind !== undefined) return kind;
  return needles.some((needle) => text.includes(needle)) ? 'known secret' : null;
}

function isOnPurpose(file: string, text: string): boolean {
  return Object.entries(SHOWN_ON_PURPOSE).some(([name, form]) => file.startsWith(name) && form.test(text));
}
