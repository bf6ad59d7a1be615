/**
 * The default payload converter, except that reading never throws: a signal that cannot be decoded would otherwise
 * fail its workflow task for ever. What cannot be read becomes a sentence, which no command parses as.
 */
import { DefaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

class TotalPayloadConverter implements PayloadConverter {
  private readonly inner = new DefaultPayloadConverter();

  toPayload<T>(value: T): Payload {
    return this.inner.toPayload(value);
  }

  fromPayload<T>(payload: Payload): T {
    try {
      return this.inner.fromPayload(payload);
    } catch (error) {
      return `Undecodable payload of ${payload.data?.length ?? 0} bytes: ${String(error).slice(0, 100)}` as T;
    }
  }
}

export const payloadConverter: PayloadConverter = new TotalPayloadConverter();
