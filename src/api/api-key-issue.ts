/**
 * The random part of a new API key, and how a repeat with the same idempotency key shows that key again although it
 * is stored nowhere: it is derived from the service's secret and the claim's id. Neither alone gives it away, and
 * when the claim is forgotten nothing does.
 */
import { randomBytes } from 'node:crypto';
import { deriveBytes, type SecretsKey } from '../secrets-key.ts';
import type { Answered } from './answer-once.ts';
import type { Answer } from './answers.ts';
import { API_KEY_RANDOM_BYTES, type NewApiKey } from './api-keys.ts';
import type { envelope } from './envelope.ts';
import { ApiError } from './errors.ts';
import type { KeyedRequest } from './idempotency.ts';

/**
 * The refusal of a repeat by another API key than the one that asked. Not the answer without the secret: whoever
 * expects one would go on without it.
 */
export function secretOfOther(made: string, remedy: string): ApiError {
  const message = `${made} was made by this request, and is shown to the API key that asked first and to no other. ${remedy}`;
  return new ApiError('idempotency_key_refused', { message });
}

const LABEL = 'tranche api key';

/**
 * How the random part of this request's key is made from the claim's id.
 *
 * @throws ApiError when the request has an idempotency key and the service no secret to derive from
 */
export function keyBytesFor(secretsKey: SecretsKey | null, keyed: KeyedRequest | null): (claimId: string) => Buffer {
  if (keyed === null) {
    const bytes = randomBytes(API_KEY_RANDOM_BYTES);
    return () => bytes;
  }
  if (secretsKey === null) throw new ApiError('idempotency_key_refused');
  return (claimId) => deriveBytes(secretsKey, LABEL, claimId, API_KEY_RANDOM_BYTES);
}

/**
 * The answer as the client sees it: with the key, as its last field.
 *
 * @throws ApiError when another API key asked for it first, or the key in the answer was derived from another secret
 *   than today's
 */
export function showingKey({ answer, isAskers }: Answered, { id, key }: NewApiKey): Answer {
  const shown = answer.body as ReturnType<typeof envelope<{ id: string }>>;
  if (!isAskers) throw secretOfOther(`API key ${shown.id}`, 'Revoke it and make another one.');
  if (shown.id === id) return { ...answer, body: { ...shown, data: { ...shown.data, key } } };
  const message = `API key ${shown.id} was made by this request but cannot be shown again, because SECRETS_KEY has changed. Revoke it and make another one.`;
  throw new ApiError('idempotency_key_refused', { message });
}
