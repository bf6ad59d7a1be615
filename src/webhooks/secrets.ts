/**
 * The secrets of endpoints: made here, kept encrypted (AES-256-GCM), opened only to sign. Each endpoint has a key of
 * its own, and its id is authenticated with the text: a row's secret put into another row does not open.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deriveBytes, deriveEach, type SecretsKey } from '../secrets-key.ts';

const CIPHER = 'aes-256-gcm';
const LABEL = 'webhook endpoint secret';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Standard Webhooks 1.0: 24 to 64 bytes. */
export const SECRET_BYTES = 32;

/** A new secret in the form that the libraries of Standard Webhooks take. */
export function newSecret(bytes: Buffer = randomBytes(SECRET_BYTES)): string {
  return `whsec_${bytes.toString('base64')}`;
}

/** Nonce, tag and encrypted text, one after the other. */
export function sealSecret(key: SecretsKey, endpointId: string, secret: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, deriveBytes(key, LABEL, endpointId, KEY_BYTES), nonce);
  cipher.setAAD(Buffer.from(endpointId));
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

/** @throws Error when it was sealed with another key, for another endpoint, or was changed since */
export function openSecret(key: SecretsKey, endpointId: string, sealed: Buffer): string {
  const [current = Buffer.alloc(0), previous] = deriveEach(key, LABEL, endpointId, KEY_BYTES);
  try {
    return openWith(current, endpointId, sealed);
  } catch (error) {
    if (!previous) throw error;
    return openWith(previous, endpointId, sealed);
  }
}

/** False also for what neither key opens. */
export function isSealedWithPrevious(key: SecretsKey, endpointId: string, sealed: Buffer): boolean {
  const opens = (one: Buffer | undefined) => {
    try {
      return one !== undefined && openWith(one, endpointId, sealed) !== '';
    } catch {
      return false;
    }
  };
  const [current, previous] = deriveEach(key, LABEL, endpointId, KEY_BYTES);
  return !opens(current) && opens(previous);
}

function openWith(key: Buffer, endpointId: string, sealed: Buffer): string {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(endpointId));
  decipher.setAuthTag(tag);
  const text = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  return text.toString('utf8');
}
