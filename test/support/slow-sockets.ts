/**
 * Clients that are slow on purpose, in a process of their own so that they do not slow down who measures. Run by
 * `startSlowSockets`; sends what became of them once the server has closed the last one.
 */
import net from 'node:net';

/** How each client is slow; by turns. */
const KINDS = ['headers', 'body', 'body without a key', 'drip', 'idle'] as const;
const PACE_MS = 500;

export interface SlowSocketOrder {
  readonly port: number;
  readonly count: number;
  readonly apiKey: string;
}

export interface ClosedSocket {
  readonly kind: (typeof KINDS)[number];
  /** From when it began to connect. */
  readonly closedAfterMs: number;
  /** The statuses that it was answered. */
  readonly statuses: readonly number[];
}

process.once('message', async ({ port, count, apiKey }: SlowSocketOrder) => {
  const sockets = Array.from({ length: count }, (_, index) =>
    open(port, KINDS[index % KINDS.length] as never, apiKey, (index / count) * PACE_MS),
  );
  await Promise.all(sockets.map(({ connected }) => connected));
  process.send?.('connected');
  process.send?.(await Promise.all(sockets.map(({ closed }) => closed)));
});
process.on('disconnect', () => process.exit(1));

/** @param offsetMs when it first writes: spread out, as slow clients are, and not all in one moment */
function open(port: number, kind: ClosedSocket['kind'], apiKey: string, offsetMs: number) {
  const openedAt = performance.now();
  const socket = net.connect(port, '127.0.0.1');
  const connected = new Promise((resolve) => socket.once('connect', resolve));
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
  });
  // Writing into a connection that the server has closed is an error; what counts is when it was closed.
  socket.on('error', () => {});
  const pieces = piecesOf(kind, apiKey);
  let timer = setTimeout(write, offsetMs);
  function write(): void {
    const { value } = pieces.next();
    if (value !== undefined) socket.write(value);
    timer = setTimeout(write, PACE_MS);
  }
  const closed = new Promise<ClosedSocket>((resolve) =>
    socket.once('close', () => {
      clearTimeout(timer);
      const statuses = [...received.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
      resolve({ kind, closedAfterMs: performance.now() - openedAt, statuses });
    }),
  );
  return { connected, closed };
}

/** What is written, at each pace one piece. */
function* piecesOf(kind: ClosedSocket['kind'], apiKey: string): Generator<string | undefined, undefined> {
  const start = 'POST /v1/payment-intents HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const key = `X-API-Key: ${apiKey}\r\n`;
  switch (kind) {
    case 'headers':
      yield start;
      for (let line = 0; ; line++) yield `X-Line-${line}: x\r\n`;
    case 'body':
    case 'body without a key':
      yield `${start}${kind === 'body' ? key : ''}Content-Length: 60000\r\n\r\n{"description":"`;
      for (;;) yield 'xx';
    case 'drip':
      yield* `${start}${key}\r\n`;
      return;
    case 'idle':
      return;
  }
}
