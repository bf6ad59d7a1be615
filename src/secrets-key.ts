/**
 * The one secret of the service itself, `SECRETS_KEY`. Whatever must be secret and yet be there again (an API key
 * that a repeat shows again, what is stored encrypted) takes keys of its own from it, so that nothing secret is at
 * rest in the database. Without it the service runs, and only what needs a secret is refused.
 */
import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

const KEY_BYTES = 32;

/** 32 random bytes. Node's own type for secret keys: one that lands in a log line shows nothing. */
export type SecretsKey = KeyObject;

/**
 * Reads the key from the environment; null when there is none.
 *
 * @throws Error when it is not 32 bytes in base64. The message does not repeat what was given.
 */
export function readSecretsKey(env: { readonly SECRETS_KEY?: string | undefined }): SecretsKey | null {
  const { SECRETS_KEY: text } = env;
  if (text === undefined || text === '') return null;
  const bytes = Buffer.from(text, 'base64');
  // Buffer.from skips what is not base64 instead of refusing it, so a typing error would be another key.
  if (bytes.length === KEY_BYTES && bytes.toString('base64') === text) return createSecretKey(bytes);
  throw new Error('SECRETS_KEY must be 32 bytes in base64. One can be made with: openssl rand -base64 32');
}

/**
 * Bytes that only this key gives, always the same for the same arguments (HKDF with SHA-256, RFC 5869).
 *
 * @param label what they are for; each purpose has its own, so that none can learn another's bytes
 * @param salt what tells this use from the others of the same purpose, such as an id
 * @param length how many bytes, at most 8160
 */
export function deriveBytes(key: SecretsKey, label: string, salt: string | Uint8Array, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, label, length));
}
