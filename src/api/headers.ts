/**
 * Headers that two readers could understand differently: Node takes the first of some, the last of others, and joins
 * the rest; a proxy before us may not.
 */
import type { RequestHandler } from 'express';
import { ApiError } from './errors.ts';

/** Their size is bounded by Node, to 16 kB; a browser sends about 20. */
export const HEADERS_MAX = 100;
/** Each means one thing. Of Idempotency-Key, X-API-Key and Authorization the readers themselves refuse what differs. */
const ONCE = ['content-type', 'content-encoding', 'expect'] as const;

export const refuseAmbiguousHeaders: RequestHandler = (request, _response, next) => {
  // HTTP/0.9 has no headers, and neither have its answers.
  if (request.httpVersionMajor < 1) throw new ApiError('http_malformed');
  if (request.rawHeaders.length / 2 > HEADERS_MAX) {
    throw new ApiError('headers_too_large', {
      message: `There are too many headers: at most ${HEADERS_MAX} are allowed`,
    });
  }
  const repeated = ONCE.find((name) => (request.headersDistinct[name]?.length ?? 0) > 1);
  if (repeated !== undefined) throw new ApiError('header_repeated', { message: `There are two headers ${repeated}` });
  next();
};
