/**
 * Proofs that a command was made by the service: an HMAC over order, type and the payload's bytes. They travel as metadata
 * of the payload, which workers of version 0.3.0 ignore, where they would refuse another field. Runs outside the
 * workflows' sandbox, which has no cryptography.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import type { Command } from '../domain/commands.ts';
import { payloadOf } from '../domain/parse-command.ts';
import { deriveEach, type SecretsKey } from '../secrets-key.ts';
import { CARRIED_INBOX, PROOF_METADATA, verdictText } from '../workflows/proofs.ts';

const LABEL = 'tranche command proof';
const KEY_BYTES = 32;
const WRONG = 'wrong';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

type Metadata = Record<string, Uint8Array>;

/** Makes and checks proofs with one key. */
export class CommandProofs {
  /** The current one first. */
  private readonly keys: readonly Buffer[];

  constructor(secretsKey: SecretsKey) {
    this.keys = deriveEach(secretsKey, LABEL, '', KEY_BYTES);
  }

  /** The command as the argument of its signal, with its proof. */
  payload(orderId: string, command: Command): Payload {
    const data = encoder.encode(JSON.stringify(payloadOf(command)));
    return this.proven({ metadata: { encoding: encoder.encode('json/plain') }, data }, orderId, command.type);
  }

  proven({ metadata, data }: Payload, orderId: string, type: string): Payload {
    const proof: Metadata = {
      [PROOF_METADATA.orderId]: encoder.encode(orderId),
      [PROOF_METADATA.type]: encoder.encode(type),
      [PROOF_METADATA.mac]: mac(this.keys[0] ?? new Uint8Array(), orderId, type, data),
    };
    return { metadata: { ...metadata, ...proof }, ...(data && { data }) };
  }

  /** What may be told the sandbox of a payload with a proof. */
  verdict(metadata: Metadata, data: Uint8Array | null | undefined): string {
    const orderId = decoder.decode(metadata[PROOF_METADATA.orderId]);
    const type = decoder.decode(metadata[PROOF_METADATA.type]);
    const given = metadata[PROOF_METADATA.mac] ?? new Uint8Array();
    const isRight = this.keys.some((key) => {
      const right = mac(key, orderId, type, data);
      return given.length === right.length && timingSafeEqual(given, right);
    });
    return isRight ? verdictText(orderId, type) : WRONG;
  }
}

/** As JSON order and type cannot run into each other or into the data. */
function mac(key: Uint8Array, orderId: string, type: string, data: Uint8Array | null | undefined): Uint8Array {
  const made = createHmac('sha256', key).update(`${JSON.stringify([orderId, type])}\n`);
  return made.update(data ?? new Uint8Array()).digest();
}

/**
 * The worker's codec: checks proofs on the way in, and proves carried inboxes on the way out. Never throws, because that
 * would fail workflow tasks without end. Payloads without any of it, which are nearly all, pass as they are.
 */
export class ProofCodec implements PayloadCodec {
  private readonly proofs: CommandProofs;

  constructor(secretsKey: SecretsKey) {
    this.proofs = new CommandProofs(secretsKey);
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      const { [PROOF_METADATA.request]: carrier, ...metadata } = payload.metadata ?? {};
      if (!carrier) return payload;
      return this.proofs.proven({ ...payload, metadata }, decoder.decode(carrier), CARRIED_INBOX);
    });
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      const { metadata } = payload;
      if (!metadata || !(PROOF_METADATA.mac in metadata || PROOF_METADATA.verdict in metadata)) return payload;
      const { [PROOF_METADATA.verdict]: _, ...others } = metadata;
      if (!(PROOF_METADATA.mac in others)) return { ...payload, metadata: others };
      const verdict = encoder.encode(this.proofs.verdict(others, payload.data));
      return { ...payload, metadata: { ...others, [PROOF_METADATA.verdict]: verdict } };
    });
  }
}
