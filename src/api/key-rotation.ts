/** What rotating an API key means: another key that may do the same, and some time in which both work. */
import type { ApiKeyRow } from '../db/api-keys.ts';
import { createApiKey, type NewApiKey } from './api-keys.ts';

export const OVERLAP_DEFAULT_SECONDS = 86_400;
export const OVERLAP_MAX_SECONDS = 2_592_000;
export const NOT_REPLACEABLE =
  'Only an API key that is in force can be rotated: this one has ended or was rotated already';

/**
 * A key that takes another one's place: it may do the same, and ends when that would have ended.
 *
 * @param bytes as for {@link createApiKey}; default: random ones
 */
export function replacementOf(old: ApiKeyRow, bytes?: Buffer) {
  const { mode, role, merchantId, escrowOrderId, name, expiresAt, scopes } = old;
  if (role === 'system') throw new Error('Tranche itself has no API key');
  const made: NewApiKey = createApiKey(mode, role, undefined, bytes);
  const { key, ...stored } = made;
  return { made, key, replacement: { ...stored, merchantId, escrowOrderId, name, expiresAt, scopes } };
}
