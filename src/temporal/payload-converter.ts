/**
 * The default payload converter, except that reading never throws: a signal that cannot be decoded would otherwise
 * fail its workflow task for ever. What cannot be read becomes the reason why, which no command
 * parses as. Notes what the codec says of proofs.
 */
import { DefaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';
import { carrierOf, noteVerdict, PROOF_METADATA, unreadable } from '../workflows/proofs.ts';

class TotalPayloadConverter implements PayloadConverter {
  private readonly inner = new DefaultPayloadConverter();

  toPayload<T>(value: T): Payload {
    const payload = this.inner.toPayload(value);
    const carrier = carrierOf(value);
    if (carrier === undefined) return payload;
    return {
      ...payload,
      metadata: { ...payload.metadata, [PROOF_METADATA.request]: new TextEncoder().encode(carrier) },
    };
  }

  fromPayload<T>(payload: Payload): T {
    try {
      const value = this.inner.fromPayload<T>(payload);
      const verdict = payload.metadata?.[PROOF_METADATA.verdict];
      if (verdict) noteVerdict(value, new TextDecoder().decode(verdict));
      return value;
    } catch (error) {
      const size = payload.data?.length ?? 0;
      return unreadable(`The payload of ${size} bytes cannot be decoded: ${String(error).slice(0, 200)}`) as T;
    }
  }
}

export const payloadConverter: PayloadConverter = new TotalPayloadConverter();
