/** The service's secret: one for all services of a test file, because they believe what each other wrote. */

import type { NewApiKeyRow } from '../../src/db/api-keys.ts';
import { ApiKeyProofs } from '../../src/proofs/api-key-proofs.ts';
import { readSecretsKey, type SecretsKey } from '../../src/secrets-key.ts';
import { newSecret } from './test-log.ts';

export const SECRETS_TEXT = newSecret();
export const SECRETS_KEY = readSecretsKey({ SECRETS_KEY: SECRETS_TEXT }) as SecretsKey;

/** An API key as the service stores it. */
export function provenKey(key: NewApiKeyRow, secretsKey: SecretsKey = SECRETS_KEY): NewApiKeyRow {
  return { ...key, proof: new ApiKeyProofs(secretsKey).of(key) };
}
