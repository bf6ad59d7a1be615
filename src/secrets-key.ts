/**
 * The one secret of the service itself, `SECRETS_KEY`. Whatever must be secret and yet be there again (an API key
 * that a repeat shows again, what is stored encrypted) takes keys of its own from it, so that nothing secret is at
 * rest in the database. Without it the service runs, and only what needs a secret is refused.
 */
import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

const KEY_BYTES = 32;

/** 32 random bytes each. Node's own type for secret keys: one that lands in a log line shows nothing. */
export interface SecretsKey {
  /** What everything new is made with. */
  readonly current: KeyObject;
  /** What was made with the key before it is still read; null: only the current one counts. */
  readonly previous: KeyObject | null;
}

/** The environment that the keys are read from. */
export interface SecretsEnvironment {
  readonly SECRETS_KEY?: string | undefined;
  readonly SECRETS_KEY_PREVIOUS?: string | undefined;
}

/**
 * Reads the key, and the one before it, from the environment; null when there is none.
 *
 * @throws Error when one is not 32 bytes in base64, or only the previous one is there. No message repeats what was given.
 */
export function readSecretsKey(env: SecretsEnvironment): SecretsKey | null {
  const [current, previous] = [keyOf(env, 'SECRETS_KEY'), keyOf(env, 'SECRETS_KEY_PREVIOUS')];
  if (current) return { current, previous };
  if (previous) throw new Error('SECRETS_KEY_PREVIOUS is set without a SECRETS_KEY, which takes its place');
  return null;
}

function keyOf(env: SecretsEnvironment, name: keyof SecretsEnvironment): KeyObject | null {
  const { [name]: text } = env;
  if (text === undefined || text === '') return null;
  const bytes = Buffer.from(text, 'base64');
  // Buffer.from skips what is not base64 instead of refusing it, so a typing error would be another key.
  if (bytes.length === KEY_BYTES && bytes.toString('base64') === text) return createSecretKey(bytes);
  throw new Error(`${name} must be 32 bytes in base64. One can be made with: openssl rand -base64 32`);
}

/**
 * Bytes that only this key gives, always the same for the same arguments (HKDF with SHA-256, RFC 5869).
 *
 * @param label what they are for; each purpose has its own, so that none can learn another's bytes
 * @param salt what tells this use from the others of the same purpose, such as an id
 * @param length how many bytes, at most 8160
 */
export function deriveBytes(key: SecretsKey, label: string, salt: string | Uint8Array, length: number): Buffer {
  return derived(key.current, label, salt, length);
}

/** The same of each key that counts, the current one first: for reading what may have been made with the one before. */
export function deriveEach(key: SecretsKey, label: string, salt: string | Uint8Array, length: number): Buffer[] {
  const keys = key.previous ? [key.current, key.previous] : [key.current];
  return keys.map((one) => derived(one, label, salt, length));
}

function derived(key: KeyObject, label: string, salt: string | Uint8Array, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, label, length));
}
