/**
 * A connection to PostgreSQL as the driver sees it, with the messages of the server read on their way.
 *
 * The driver (postgres.js 3.4.9) keeps the number of rows received so far and the server's last error for each
 * connection, and forgets them only at the message that ends a statement, not when the connection is lost and opened
 * again. A statement that failed while its rows arrived therefore made the next one lose rows, and an error whose
 * connection was cut right after it was told to the next statement. So this connection hands over whole messages only,
 * and tells the driver that a statement has ended whenever one ends in another way than the driver expects.
 */
import { EventEmitter } from 'node:events';
import net from 'node:net';
import { secure, type TlsMode } from './tls.ts';

/** Types of the server's messages: https://www.postgresql.org/docs/18/protocol-message-formats.html */
const DATA_ROW = 0x44; // D
const COMMAND_COMPLETE = 0x43; // C
const ERROR_RESPONSE = 0x45; // E
const READY_FOR_QUERY = 0x5a; // Z
const BACKEND_KEY_DATA = 0x4b; // K
const PORTAL_SUSPENDED = 0x73; // s
/** A type of one byte, a length of four. */
const HEADER_BYTES = 5;
/** Longer than any message that the server can make. */
const MESSAGE_MAX_BYTES = 2 ** 30;

/** The version that a startup message asks for: 3.0. */
const PROTOCOL_3 = 0x30000;
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const SSL_ACCEPTED = 0x53; // S

/** Ends the rows of a statement that will not end by itself. */
const NO_MORE_ROWS = message(COMMAND_COMPLETE, 'SELECT 0\0');
/**
 * Ends a statement that may have been given to a connection which had already said that it fails (`connection_failure`);
 * "ready in a failed transaction". Being ready alone would answer the statement with no rows.
 */
const FAILED_AND_READY = Buffer.concat([
  message(ERROR_RESPONSE, 'SERROR\0VERROR\0C08006\0MThe connection to PostgreSQL was lost\0\0'),
  message(READY_FOR_QUERY, 'E'),
]);

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
}

/**
 * The part of a socket that the driver uses. Emits `data` with whole messages, `error`, `close` and `drain`; what is
 * written before the connection stands is kept until then.
 */
export class ServerConnection extends EventEmitter {
  private readonly address: ServerAddress;
  private readonly answerTimeoutMs: number | null;
  private readonly raw: net.Socket;
  private stream: net.Socket | null = null;
  private unsent: { readonly chunk: Uint8Array; readonly done: (() => void) | undefined }[] = [];
  private received: Buffer = Buffer.alloc(0);
  private hasBegun = false;
  private isReady = false;
  private isClosed = false;
  private failure: Error | null = null;
  /** Rows of the current statement so far. */
  private rows = 0;
  /** An error was handed over, and the server has not said yet that it is ready again. */
  private hasFailed = false;
  /** The server's process, null before it has said so. */
  processId: number | null = null;

  /** @param answerTimeoutMs how long an answer may take before the connection is destroyed; null for ever */
  constructor(address: ServerAddress, answerTimeoutMs: number | null) {
    super();
    this.address = address;
    this.answerTimeoutMs = answerTimeoutMs;
    this.raw = net.connect({ host: address.host, port: address.port, noDelay: true });
    watchAnswers(this.raw, answerTimeoutMs);
    this.raw.on('error', (error) => this.fail(error));
    this.raw.on('close', () => this.close());
    if (address.tls.mode === 'disable') this.use(this.raw);
    else if (address.tls.direct) this.secure();
    else this.negotiate();
  }

  /** False from the moment on at which it is known to be lost, before the driver hears of it. */
  get isOpen(): boolean {
    return !this.isClosed && this.failure === null;
  }

  get readyState(): string {
    return this.stream?.readyState ?? 'opening';
  }

  write(bytes: Uint8Array, done?: () => void): boolean {
    const chunk = this.hasBegun ? bytes : fromStartup(bytes);
    this.hasBegun = true;
    if (this.stream) return this.stream.write(chunk, done);
    this.unsent.push({ chunk, done });
    return true;
  }

  end(chunk?: Uint8Array): void {
    if (!this.stream) this.raw.destroy();
    else if (chunk) this.stream.end(chunk);
    else this.stream.end();
  }

  destroy(error?: Error): void {
    (this.stream ?? this.raw).destroy(error);
  }

  /** Resolves when it is closed. */
  async destroyed(error: Error): Promise<void> {
    const closed = new Promise<void>((resolve) => this.raw.once('close', () => resolve()));
    this.destroy(error);
    if (!this.isClosed) await closed;
  }

  setKeepAlive(enable: boolean, initialDelayMs: number): void {
    this.raw.setKeepAlive(enable, initialDelayMs);
  }

  pause(): void {
    this.stream?.pause();
  }

  resume(): void {
    this.stream?.resume();
  }

  private use(stream: net.Socket): void {
    this.stream = stream;
    stream.on('data', (bytes: Buffer) => this.receive(bytes));
    stream.on('drain', () => this.emit('drain'));
    for (const { chunk, done } of this.unsent.splice(0)) stream.write(chunk, done);
  }

  private negotiate(): void {
    this.raw.write(SSL_REQUEST);
    this.raw.once('data', (answer: Buffer) => {
      if (answer[0] === SSL_ACCEPTED && answer.length === 1) return this.secure();
      // More bytes than the one would be a stranger's, sent before the encryption began (CVE-2021-23222).
      if (this.address.tls.mode === 'prefer' && answer.length === 1) return this.use(this.raw);
      this.raw.destroy(
        connectionLost('PostgreSQL does not offer TLS, and the sslmode of the URL asks for it', 'ENOTLS'),
      );
    });
  }

  private secure(): void {
    const { host, tls: wanted } = this.address;
    this.raw.setTimeout(0);
    const secured = secure(this.raw, host, wanted);
    watchAnswers(secured, this.answerTimeoutMs);
    secured.on('error', (error) => {
      this.fail(error);
      this.raw.destroy();
    });
    secured.on('close', () => this.close());
    secured.once('secureConnect', () => this.use(secured));
  }

  private receive(bytes: Buffer): void {
    this.received = this.received.length === 0 ? bytes : Buffer.concat([this.received, bytes]);
    let start = 0;
    let end = 0;
    let problem: string | null = null;
    // Everything from `start` to `end` can be handed over as it is.
    while (problem === null && this.received.length - end >= HEADER_BYTES) {
      const length = this.received.readUInt32BE(end + 1);
      const next = end + 1 + length;
      if (length < 4 || length > MESSAGE_MAX_BYTES) problem = `a message of ${length} bytes`;
      else if (next > this.received.length) break;
      else {
        problem = this.follow(this.received.subarray(end, next), () => {
          this.hand(start, end);
          start = end;
        });
      }
      if (problem === null) end = next;
    }
    this.hand(start, end);
    this.received = this.received.subarray(end);
    if (problem !== null) this.destroy(connectionLost(`PostgreSQL sent ${problem}`, 'EPROTO'));
  }

  private hand(start: number, end: number): void {
    if (end > start) this.emit('data', this.received.subarray(start, end));
  }

  /**
   * Follows one message.
   *
   * @param handOver hands over all before it
   * @returns what is wrong with it, null when nothing is
   */
  private follow(text: Buffer, handOver: () => void): string | null {
    switch (text[0]) {
      case DATA_ROW:
        this.rows++;
        return null;
      case COMMAND_COMPLETE: {
        const told = rowsTold(text);
        if (this.rows > 0 && told !== this.rows) return `${this.rows} rows, and then that they were ${told}`;
        this.rows = 0;
        return null;
      }
      case ERROR_RESPONSE:
        this.hasFailed = this.isReady;
        if (this.rows === 0) return null;
        handOver();
        this.endRows();
        return null;
      case READY_FOR_QUERY:
        if (this.rows > 0) return `${this.rows} rows without an end`;
        this.hasFailed = false;
        this.isReady = true;
        return null;
      case PORTAL_SUSPENDED:
        this.rows = 0;
        return null;
      case BACKEND_KEY_DATA:
        this.processId = text.readUInt32BE(5);
        return null;
      default:
        return null;
    }
  }

  private endRows(): void {
    if (this.rows === 0) return;
    this.rows = 0;
    this.emit('data', NO_MORE_ROWS);
  }

  /** Told to the driver when the connection is closed: what it is given in between would never be answered. */
  private fail(error: Error): void {
    this.failure ??= error;
  }

  private close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.received = Buffer.alloc(0);
    // The driver would keep what it has half received for the next connection.
    this.endRows();
    if (this.hasFailed) this.emit('data', FAILED_AND_READY);
    if (this.failure && this.listenerCount('error') > 0) this.emit('error', this.failure);
    this.emit('close', this.failure !== null);
  }
}

/**
 * The driver waits for ever for an answer that a dead network swallowed, and for a server that hangs up on every new
 * connection. This makes a socket fail in both cases: when it has asked and heard nothing for so long, and when it ends
 * before it heard anything.
 */
function watchAnswers(socket: net.Socket, answerTimeoutMs: number | null): void {
  let answeredUpTo = 0;
  socket.on('data', () => {
    answeredUpTo = socket.bytesWritten;
  });
  socket.setTimeout(answerTimeoutMs ?? 0, () => {
    if (socket.bytesWritten > answeredUpTo) {
      socket.destroy(connectionLost('PostgreSQL did not answer in time', 'ETIMEDOUT'));
    }
  });
  socket.on('end', () => {
    if (socket.bytesRead === 0) socket.destroy(connectionLost('PostgreSQL hung up before it answered'));
  });
}

/** An error like those of a lost network: whether the statement took effect is unknown. */
export function connectionLost(message: string, code = 'ECONNRESET'): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}

/**
 * What is first sent, from its startup message on. Before it may stand what the driver had collected for the connection
 * before this one and not sent yet.
 */
function fromStartup(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.byteLength; at++) {
    const isStartup = view.getUint32(at + 4) === PROTOCOL_3 && view.getUint32(at) === bytes.byteLength - at;
    if (isStartup) return bytes.subarray(at);
  }
  return bytes;
}

/** The number at the end of a tag such as `SELECT 5` or `INSERT 0 5`; null where there is none. */
function rowsTold(text: Buffer): number | null {
  const tag = text.toString('latin1', 5, text.length - 1);
  const told = /(\d+)$/.exec(tag);
  return told ? Number(told[1]) : null;
}

function message(type: number, text: string): Buffer {
  const bytes = Buffer.alloc(5 + text.length);
  bytes[0] = type;
  bytes.writeUInt32BE(4 + text.length, 1);
  bytes.write(text, 5, 'latin1');
  return bytes;
}
