/**
 * The HTTP server around the application: its patience with slow clients, and its answers to what never becomes a
 * request.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { typeid } from 'typeid-js';
import { ApiError } from './errors.ts';

/** From the connection, or the first byte of a further request on it, to the end of the headers. */
const HEADERS_TIMEOUT_MS = 8_000;
/** From there to the end of the body, too: 64 kB in that time is 6.5 kB a second. */
const REQUEST_TIMEOUT_MS = 10_000;
/** Node looks for slow clients only every 30 s unless told. */
const CONNECTIONS_CHECK_MS = 1_000;
/** Longer than load balancers keep idle connections (60 s is usual), or they meet one that is just being closed. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** How long a client may take no byte of what it is sent. */
const READS_NOTHING_MS = 10_000;
/** How long it may have anything of it left to take: 30 s for the largest answers, of some megabytes. */
const READS_SLOWLY_MS = 30_000;
/** Requests of one connection that are worked on at the same time. */
const PIPELINED_MAX = 8;
/** No more is read from a connection on which so many others wait: each takes some kilobytes. */
const QUEUED_MAX = 64;
/** More are refused by closing them: each costs memory, whoever opens it. */
const CONNECTIONS_MAX = 10_000;

export interface HttpServerOptions {
  readonly keepAliveTimeoutMs?: number;
}

/** An Express application, which hands over what it has no answer for. */
export type Application = (request: IncomingMessage, response: ServerResponse, unanswered: () => void) => void;

/** A server for `application`, not listening yet. */
export function createHttpServer(application: Application, options: HttpServerOptions = {}): Server {
  const { keepAliveTimeoutMs = KEEP_ALIVE_TIMEOUT_MS } = options;
  // Express cannot read every address that Node lets through, and would answer those in HTML.
  const answering = fewAtOnce((request, response) => application(request, response, () => answerMalformed(response)));
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
      keepAliveTimeout: keepAliveTimeoutMs,
      // Nothing here asks for the host, and Node's own refusal would have no body.
      requireHostHeader: false,
    },
    answering,
  );
  // No limit: Node would drop headers beyond it in silence. refuseAmbiguousHeaders refuses instead. And none of requests
  // a connection: Node would answer what is beyond it with an empty 503, and leave the connection open.
  server.maxHeadersCount = 0;
  // Node would invite every body at once; ours are invited when they are read (json-body.ts).
  server.on('checkContinue', answering);
  server.on('checkExpectation', answering);
  server.on('clientError', answerClientError);
  server.maxConnections = CONNECTIONS_MAX;
  cutOffWhoDoesNotRead(server);
  return server;
}

/**
 * A client may write hundreds of requests at once on one connection, and take none of the answers. Node would hand over
 * all of them in one go, and nobody else would be served meanwhile.
 */
function fewAtOnce(listener: RequestListener): RequestListener {
  const lanes = new WeakMap<Socket, Lane>();
  return (request, response) => {
    const { socket } = request;
    const lane = lanes.get(socket) ?? openLane(socket);
    lanes.set(socket, lane);
    const begin = () => {
      lane.underWay++;
      response.once('close', () => {
        lane.underWay--;
        // In a later round of the event loop, so that others come in between.
        setImmediate(beginNext, socket, lane);
      });
      listener(request, response);
    };
    if (lane.underWay < PIPELINED_MAX && lane.waiting.length === 0) return begin();
    lane.waiting.push(begin);
    if (lane.waiting.length >= QUEUED_MAX) socket.pause();
  };
}

/** One connection's requests. */
interface Lane {
  underWay: number;
  readonly waiting: (() => void)[];
}

function openLane(socket: Socket): Lane {
  const lane: Lane = { underWay: 0, waiting: [] };
  // Node resumes a connection for each request whose body is read.
  socket.on('resume', () => {
    if (lane.waiting.length >= QUEUED_MAX) socket.pause();
  });
  return lane;
}

function beginNext(socket: Socket, { waiting }: Lane): void {
  if (socket.destroyed) return;
  waiting.shift()?.();
  if (waiting.length === QUEUED_MAX - 1) socket.resume();
}

/**
 * Node has no time-out for a client that asks and never reads its answer: until it leaves, the answer stays in memory and
 * its place is taken.
 */
function cutOffWhoDoesNotRead(server: Server): void {
  interface Unread {
    readonly since: number;
    bytes: number;
    changedAt: number;
  }
  const sockets = new Map<Socket, Unread | null>();
  server.on('connection', (socket) => {
    sockets.set(socket, null);
    socket.once('close', () => sockets.delete(socket));
  });
  const timer = setInterval(() => {
    const now = performance.now();
    for (const [socket, known] of sockets) {
      const bytes = socket.writableLength;
      if (bytes === 0) {
        sockets.set(socket, null);
        continue;
      }
      const unread = known ?? { since: now, bytes, changedAt: now };
      if (unread.bytes !== bytes) [unread.bytes, unread.changedAt] = [bytes, now];
      sockets.set(socket, unread);
      if (now - unread.changedAt > READS_NOTHING_MS || now - unread.since > READS_SLOWLY_MS) socket.destroy();
    }
  }, CONNECTIONS_CHECK_MS).unref();
  server.once('close', () => clearInterval(timer));
}

/** By Node's error code: what could not be read as HTTP is refused in the same form as everything else. */
function refusalOf(code: string | undefined): ApiError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ApiError('request_too_slow');
    case 'HPE_HEADER_OVERFLOW':
      return new ApiError('headers_too_large', { message: 'The headers are too large: at most 16 kB are allowed' });
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new ApiError('body_too_large', { message: 'The chunk extensions of the body are too large' });
    default:
      return new ApiError('http_malformed');
  }
}

const STATUS_LINES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  431: 'Request Header Fields Too Large',
};

function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  // After a reset there is nobody left to answer, and into an answer that is under way nothing else may be written.
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const { status, text, headers } = answerOf(refusalOf(error.code));
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${status} ${STATUS_LINES[status]}`, ...lines];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy());
}

function answerMalformed(response: ServerResponse): void {
  if (response.headersSent) return void response.destroy();
  const { status, text, headers } = answerOf(new ApiError('http_malformed'));
  response.writeHead(status, headers).end(text);
}

function answerOf({ status, body, headers }: ApiError): {
  status: number;
  text: string;
  headers: Record<string, string>;
} {
  const text = JSON.stringify(body);
  return {
    status,
    text,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': String(Buffer.byteLength(text)),
      ...headers,
      'X-Request-Id': typeid('req').toString(),
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
      Connection: 'close',
    },
  };
}

/** Whether the answer to the connection's present request has begun. Node itself looks at the same, by this name. */
function isAnswering(socket: Duplex): boolean {
  const { _httpMessage: answer } = socket as Duplex & { _httpMessage?: { headersSent: boolean } | null };
  return answer?.headersSent === true;
}
