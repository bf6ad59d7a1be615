/**
 * Proofs that a command was stored by the service, to be sent by whoever comes next: an HMAC over order and command with
 * a key from SECRETS_KEY. Who can write to the table of commands has not that key, and sends nothing in others' names.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Command } from './domain/commands.ts';
import { deriveEach, type SecretsKey } from './secrets-key.ts';

const LABEL = 'tranche stored command';
const KEY_BYTES = 32;

/** A stored command, and what speaks for it. */
export interface StoredCommand {
  readonly payload: Command;
  readonly proof: Buffer | null;
  /** Whether it was there, as it is, before there were proofs. */
  readonly isAdopted: boolean;
}

/** Makes and checks proofs with one key. */
export class StoredProofs {
  /** The current one first. */
  private readonly keys: readonly Buffer[];

  constructor(secretsKey: SecretsKey) {
    this.keys = deriveEach(secretsKey, LABEL, '', KEY_BYTES);
  }

  of(orderId: string, command: Command): Buffer {
    const [current = Buffer.alloc(0)] = this.keys;
    return proofWith(current, orderId, command);
  }

  prove(orderId: string, { payload, proof, isAdopted }: StoredCommand): boolean {
    if (isAdopted) return true;
    return this.keys.some((key) => {
      const right = proofWith(key, orderId, payload);
      return proof?.length === right.length && timingSafeEqual(proof, right);
    });
  }
}

/** Canonical, because the database reorders the fields of what it stores. */
function proofWith(key: Buffer, orderId: string, command: Command): Buffer {
  return createHmac('sha256', key)
    .update(canonicalize([orderId, command]) ?? '')
    .digest();
}
