/**
 * Proofs that the service wrote a row: an HMAC over what the row says, with a key from SECRETS_KEY. Whoever can write to
 * the database, and has not that key, writes rows that nobody acts on.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import canonicalize from 'canonicalize';
import { deriveEach, type SecretsKey } from '../secrets-key.ts';

const KEY_BYTES = 32;

/** Makes and checks proofs for one purpose. */
export class RowProofs {
  /** The current one first. */
  private readonly keys: readonly Buffer[];

  /** @param label what they are for: a proof of one purpose proves nothing of another */
  constructor(secretsKey: SecretsKey, label: string) {
    this.keys = deriveEach(secretsKey, label, '', KEY_BYTES);
  }

  of(facts: readonly unknown[]): Buffer {
    const [current = Buffer.alloc(0)] = this.keys;
    return proofWith(current, facts);
  }

  proves(facts: readonly unknown[], proof: Buffer | null): boolean {
    return this.keys.some((key) => isProof(key, facts, proof));
  }

  /** Whether it is to be made anew before the previous key can go. */
  isOfPrevious(facts: readonly unknown[], proof: Buffer | null): boolean {
    return this.keys.slice(1).some((key) => isProof(key, facts, proof));
  }
}

function isProof(key: Buffer, facts: readonly unknown[], proof: Buffer | null): boolean {
  const right = proofWith(key, facts);
  return proof?.length === right.length && timingSafeEqual(proof, right);
}

/** Canonical, because the database reorders the fields of what it stores. */
function proofWith(key: Buffer, facts: readonly unknown[]): Buffer {
  return createHmac('sha256', key)
    .update(canonicalize(facts) ?? '')
    .digest();
}
