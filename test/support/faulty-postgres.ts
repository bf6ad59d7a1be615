/**
 * A proxy in front of PostgreSQL that reads the server's messages and can make any of them go wrong: lose it, cut the
 * connection right after it, or end the statement with an error there.
 */
import net from 'node:net';

/** Types of messages as the protocol names them, and of what comes before a statement's rows. */
export type MessageType = '1' | '2' | 't' | 'T' | 'n' | 'D' | 'C' | 'E' | 'Z';

export interface SentMessage {
  readonly type: string;
  /** Rows of the statement so far, this one included. */
  readonly rows: number;
}

export type Fault = 'pass' | 'lose' | 'cut after' | 'fail';

export interface FaultyPostgres {
  readonly url: string;
  /** How many messages did not pass. */
  readonly faults: number;
  /** Decides on each message of the server's after a connection was opened. */
  judge(decide: (message: SentMessage) => Fault): void;
  close(): Promise<void>;
}

const READY = 'Z';

export async function startFaultyPostgres(databaseUrl: string): Promise<FaultyPostgres> {
  const target = new URL(databaseUrl);
  const sockets = new Set<net.Socket>();
  let decide: (message: SentMessage) => Fault = () => 'pass';
  let faults = 0;
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    let received: Buffer = Buffer.alloc(0);
    let rows = 0;
    let isOpen = false;
    let isSkipping = false;
    const pass = (message: Buffer): void => {
      const type = String.fromCharCode(message[0] ?? 0);
      rows = type === 'D' ? rows + 1 : rows;
      const fault = isOpen && !isSkipping ? decide({ type, rows }) : 'pass';
      if (type === 'C' || type === 'E' || type === READY) rows = 0;
      if (type === READY) [isOpen, isSkipping] = [true, false];
      if (isSkipping) return;
      if (fault !== 'pass') faults++;
      if (fault === 'lose') return;
      client.write(message);
      if (fault === 'cut after') return void client.destroySoon();
      if (fault !== 'fail') return;
      client.write(cancelled());
      isSkipping = true;
    };
    upstream.on('data', (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      while (received.length >= 5 && received.length > received.readUInt32BE(1)) {
        const length = received.readUInt32BE(1) + 1;
        pass(received.subarray(0, length));
        if (client.destroyed || client.writableEnded) return;
        received = received.subarray(length);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as net.AddressInfo).port);
  return {
    url: url.href,
    get faults() {
      return faults;
    },
    judge(next) {
      decide = next;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What the server says when a statement took too long. */
function cancelled(): Buffer {
  const fields = ['SERROR', 'VERROR', 'C57014', 'Mcanceling statement due to statement timeout'];
  const body = Buffer.from(`${fields.join('\0')}\0\0`);
  const header = Buffer.from('E....');
  header.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}
