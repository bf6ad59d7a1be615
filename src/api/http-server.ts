/**
 * The HTTP server around the application: its patience with slow clients, and its answers to what never becomes a
 * request.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { typeid } from 'typeid-js';

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Node looks for slow clients only every 30 s unless told. */
const CONNECTIONS_CHECK_MS = 1_000;
/** Longer than load balancers keep idle connections (60 s is usual), or they meet one that is just being closed. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** A server for `listener`, not listening yet. */
export function createHttpServer(listener: RequestListener): Server {
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      // Nothing here asks for the host, and Node's own refusal would have no body.
      requireHostHeader: false,
    },
    listener,
  );
  server.on('checkExpectation', listener);
  server.on('clientError', answerClientError);
  return server;
}

/** By Node's error code: what could not be read as HTTP is refused in the same form as everything else. */
const CLIENT_ERRORS: Record<string, { line: string; reason: string; message: string }> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    line: '408 Request Timeout',
    reason: 'request_too_slow',
    message: 'The request took too long to arrive',
  },
  HPE_HEADER_OVERFLOW: {
    line: '431 Request Header Fields Too Large',
    reason: 'headers_too_large',
    message: 'The headers are too large: at most 16 kB are allowed',
  },
};
const UNREADABLE = { line: '400 Bad Request', reason: 'http_malformed', message: 'This is not a valid HTTP request' };

function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  // After a reset there is nobody left to answer.
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { line, reason, message } = CLIENT_ERRORS[error.code ?? ''] ?? UNREADABLE;
  const body = JSON.stringify({ error: { code: 'invalid_request', message, type: 'invalid_request_error' } });
  const head = [
    `HTTP/1.1 ${line}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Error-Reason: ${reason}`,
    `X-Request-Id: ${typeid('req')}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
