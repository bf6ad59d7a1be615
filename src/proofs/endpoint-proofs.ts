/**
 * Proofs that the service wrote an endpoint's address: whoever can write to the database has events sent nowhere else.
 */
import type { EndpointRow, StoredEndpoint } from '../db/webhook-endpoints.ts';
import type { SecretsKey } from '../secrets-key.ts';
import { RowProofs } from './row-proofs.ts';

const LABEL = 'tranche stored webhook endpoint';

type Facts = Pick<EndpointRow, 'id' | 'merchantId' | 'mode' | 'url'>;

/** Makes and checks the proofs of webhook endpoints with one secret. */
export class EndpointProofs {
  private readonly proofs: RowProofs;

  constructor(secretsKey: SecretsKey) {
    this.proofs = new RowProofs(secretsKey, LABEL);
  }

  of(endpoint: Facts): Buffer {
    return this.proofs.of(factsOf(endpoint));
  }

  prove(endpoint: StoredEndpoint): boolean {
    return endpoint.isAdopted || this.proofs.proves(factsOf(endpoint), endpoint.proof);
  }

  isOfPrevious(endpoint: Facts & Pick<EndpointRow, 'proof'>): boolean {
    return this.proofs.isOfPrevious(factsOf(endpoint), endpoint.proof);
  }
}

/** Where whose events go. The secret that signs them is bound to the endpoint by its own encryption. */
function factsOf({ id, merchantId, mode, url }: Facts): unknown[] {
  return [id, merchantId, mode, url];
}
