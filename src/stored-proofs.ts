/**
 * Proofs of what is stored to be acted on later by whoever comes next: commands, claims of idempotency keys, collections.
 */
import type { NewCommand } from './db/queries.ts';
import type { Command, FundOrder } from './domain/commands.ts';
import { RowProofs } from './row-proofs.ts';
import type { SecretsKey } from './secrets-key.ts';

/** A stored command, and what speaks for it. */
export interface StoredCommand {
  readonly payload: Command;
  readonly proof: Buffer | null;
  /** Whether it was there, as it is, before there were proofs. */
  readonly isAdopted: boolean;
}

/** What a collection is to lead to once the money is there. */
export interface FundingFacts {
  readonly intentId: string;
  readonly orderId: string;
  readonly command: FundOrder;
  readonly idempotencyKey: string | null;
  readonly fingerprint: Buffer | null;
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

  /** Of a claim as it will be answered from: whose key it is, what was asked, and what came of it. */
  ofClaim(claim: NewCommand): Buffer {
    return this.claims.of(claimFacts(claim));
  }

  proveClaim(claim: NewCommand & { readonly isAdopted: boolean }): boolean {
    return claim.isAdopted || this.claims.proves(claimFacts(claim), claim.claimProof ?? null);
  }

  ofFunding(funding: FundingFacts): Buffer {
    return this.fundings.of(fundingFacts(funding));
  }

  proveFunding(funding: FundingFacts & { readonly proof: Buffer | null }): boolean {
    return this.fundings.proves(fundingFacts(funding), funding.proof);
  }
}

function claimFacts({ commandId, merchantId, mode, role, idempotencyKey, fingerprint, orderId, payload }: NewCommand) {
  const asked = fingerprint?.toString('hex') ?? null;
  return [commandId, merchantId, mode, role, idempotencyKey ?? null, asked, orderId ?? null, payload];
}

function fundingFacts({ intentId, orderId, command, idempotencyKey, fingerprint }: FundingFacts) {
  return [intentId, orderId, command, idempotencyKey, fingerprint?.toString('hex') ?? null];
}
