/**
 * Proofs that the service made an API key as it is stored. An end is in none: a key only ever ends earlier, which the
 * database sees to (K1), and versions before proofs rotate and revoke.
 */
import type { ApiKeyRow, NewApiKeyRow, StoredApiKey } from '../db/api-keys.ts';
import type { SecretsKey } from '../secrets-key.ts';
import { RowProofs } from './row-proofs.ts';

const LABEL = 'tranche stored api key';

/** Makes and checks the proofs of API keys with one secret. */
export class ApiKeyProofs {
  private readonly proofs: RowProofs;

  constructor(secretsKey: SecretsKey) {
    this.proofs = new RowProofs(secretsKey, LABEL);
  }

  of(key: NewApiKeyRow): Buffer {
    return this.proofs.of(factsOf(key));
  }

  prove(key: StoredApiKey): boolean {
    return key.isAdopted || this.proofs.proves(factsOf(key), key.proof);
  }

  isOfPrevious(key: ApiKeyRow): boolean {
    return this.proofs.isOfPrevious(factsOf(key), key.proof);
  }
}

/** A new key as it is to be stored. Without a secret it has no proof, and only a service without one believes it. */
export function withProof(key: NewApiKeyRow, proofs: ApiKeyProofs | null): NewApiKeyRow {
  return { ...key, proof: proofs?.of(key) ?? null };
}

/** All that gives power. */
function factsOf({ id, hash, merchantId, mode, role, escrowOrderId, scopes }: NewApiKeyRow): unknown[] {
  return [id, hash.toString('hex'), merchantId, mode, role, escrowOrderId ?? null, scopes ?? []];
}
