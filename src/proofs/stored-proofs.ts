/**
 * Proofs of what is stored to be acted on later by whoever comes next: commands, claims of idempotency keys, collections.
 */
import type { NewCommand } from '../db/queries.ts';
import type { Command, FundOrder } from '../domain/commands.ts';
import type { SecretsKey } from '../secrets-key.ts';
import { RowProofs } from './row-proofs.ts';

/** A stored command, and what speaks for it. */
export interface StoredCommand {
  readonly payload: Command;
  readonly proof: Buffer | null;
  /** Whether it was there, as it is, before there were proofs. */
  readonly isAdopted: boolean;
}

type ClaimFacts = Pick<
  NewCommand,
  'commandId' | 'merchantId' | 'mode' | 'role' | 'idempotencyKey' | 'fingerprint' | 'orderId' | 'payload'
>;

/** What a collection is to lead to once the money is there. */
export interface FundingFacts {
  readonly intentId: string;
  readonly orderId: string;
  readonly command: FundOrder;
  readonly idempotencyKey: string | null;
  readonly fingerprint: Buffer | null;
}

/** A row of commands as it is to be stored. Without a secret it has no proof, and only a service without one believes it. */
export function withProofs(row: NewCommand, proofs: StoredProofs | null): NewCommand {
  return proofs?.stored(row) ?? row;
}

/** Makes and checks proofs with one key. */
export class StoredProofs {
  private readonly commands: RowProofs;
  private readonly claims: RowProofs;
  private readonly fundings: RowProofs;

  constructor(secretsKey: SecretsKey) {
    this.commands = new RowProofs(secretsKey, 'tranche stored command');
    this.claims = new RowProofs(secretsKey, 'tranche stored claim');
    this.fundings = new RowProofs(secretsKey, 'tranche stored funding');
  }

  of(orderId: string, command: Command): Buffer {
    return this.commands.of([orderId, command]);
  }

  prove(orderId: string, { payload, proof, isAdopted }: StoredCommand): boolean {
    return isAdopted || this.commands.proves([orderId, payload], proof);
  }

  /** A command, or another request's claim, as it is to be stored. */
  stored(row: NewCommand): NewCommand {
    const { orderId, payload, idempotencyKey } = row;
    return {
      ...row,
      ...(typeof orderId === 'string' && 'type' in payload && { proof: this.of(orderId, payload) }),
      ...(typeof idempotencyKey === 'string' && { claimProof: this.claims.of(claimFacts(row)) }),
    };
  }

  /** Whether the service made this claim for its key, and whatever it is answered from. */
  proveClaim(claim: ClaimFacts & { readonly claimProof: Buffer | null; readonly isAdopted: boolean }): boolean {
    return claim.isAdopted || this.claims.proves(claimFacts(claim), claim.claimProof);
  }

  ofFunding(funding: FundingFacts): Buffer {
    return this.fundings.of(fundingFacts(funding));
  }

  proveFunding(funding: FundingFacts & { readonly proof: Buffer | null }): boolean {
    return this.fundings.proves(fundingFacts(funding), funding.proof);
  }
}

function claimFacts({ commandId, merchantId, mode, role, idempotencyKey, fingerprint, orderId, payload }: ClaimFacts) {
  const asked = fingerprint?.toString('hex') ?? null;
  return [commandId, merchantId, mode, role, idempotencyKey ?? null, asked, orderId ?? null, payload];
}

function fundingFacts({ intentId, orderId, command, idempotencyKey, fingerprint }: FundingFacts) {
  return [intentId, orderId, command, idempotencyKey, fingerprint?.toString('hex') ?? null];
}
