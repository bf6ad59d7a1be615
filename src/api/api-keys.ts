/**
 * The form of an API key: prefix, public id, secret, checksum. The checksum lets a mistyped or made-up key be
 * refused without asking the database; it is no protection, the secret is.
 */
import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ActorRole } from '../domain/commands.ts';
import type { Mode } from '../domain/terms.ts';

const PREFIX_MODES = { sk_test_: 'test', sk_hackathon_: 'test', sk_live_: 'live' } as const satisfies Record<
  string,
  Mode
>;
export type ApiKeyPrefix = keyof typeof PREFIX_MODES;
/** Whom a key may speak for. `system` is Tranche itself, and has no key. */
export const API_KEY_ROLES = ['merchant', 'buyer', 'arbiter', 'operator'] as const satisfies ActorRole[];
export type ApiKeyRole = (typeof API_KEY_ROLES)[number];

const ID_BYTES = 8;
const SECRET_BYTES = 32;
export const API_KEY_RANDOM_BYTES = ID_BYTES + SECRET_BYTES;
/** Hexadecimal throughout, so that a double click selects all of it. */
const KEY = /^(sk_(?:test|hackathon|live)_([0-9a-f]{16})[0-9a-f]{64})([0-9a-f]{8})$/;

/** A new key. Everything but `key` may be stored; `key` itself is shown once. */
export interface NewApiKey {
  readonly key: string;
  readonly id: string;
  readonly mode: Mode;
  readonly role: ApiKeyRole;
  readonly hash: Buffer;
  readonly lastFour: string;
}

/**
 * Makes a key.
 *
 * @param prefix which prefix to show; it must be one of the mode's
 * @param bytes what public id and secret are made of; nobody else may know or guess them
 */
export function createApiKey(
  mode: Mode,
  role: ApiKeyRole,
  prefix: ApiKeyPrefix = mode === 'live' ? 'sk_live_' : 'sk_test_',
  bytes: Buffer = randomBytes(API_KEY_RANDOM_BYTES),
): NewApiKey {
  if (PREFIX_MODES[prefix] !== mode) throw new Error(`Prefix ${prefix} is not for ${mode} mode`);
  if (bytes.length !== API_KEY_RANDOM_BYTES) throw new Error(`An API key takes ${API_KEY_RANDOM_BYTES} random bytes`);
  const publicPart = bytes.subarray(0, ID_BYTES).toString('hex');
  const checked = `${prefix}${publicPart}${bytes.subarray(ID_BYTES).toString('hex')}`;
  const key = checked + checksumOf(checked);
  return { key, id: idOf(publicPart), mode, role, hash: hashApiKey(key), lastFour: key.slice(-4) };
}

/** The id that a key is looked up by; null when it cannot be one of ours. */
export function apiKeyIdOf(key: string): string | null {
  const [, checked, publicPart, checksum] = KEY.exec(key) ?? [];
  if (checked === undefined || publicPart === undefined) return null;
  return checksumOf(checked) === checksum ? idOf(publicPart) : null;
}

/** What is stored of a key. A fast hash is enough: its 256 random bits cannot be guessed. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function idOf(publicPart: string): string {
  return `key_${publicPart}`;
}

function checksumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
