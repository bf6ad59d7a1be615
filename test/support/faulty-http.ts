/** An HTTP proxy in front of the service that fails the next requests as it is told, one fault for each. */
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

export type Fault =
  /** The connection is cut before the service gets the request. */
  | 'cut-before'
  /** The request is carried out, and the connection is cut before the answer. */
  | 'cut-after'
  /** The same in the middle of the answer's body. */
  | 'cut-within'
  /** The request is carried out, and nobody answers. */
  | 'hang'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface FaultyHttp {
  readonly baseUrl: string;
  /** Every request since the last {@link FaultyHttp.failNext}, in order. */
  readonly seen: readonly SeenRequest[];
  /** Fails the next requests so, in this order; those after them get through. */
  failNext(...faults: Fault[]): void;
}

/** @param port of the service, on this machine. Closed after the file. */
export async function startFaultyHttp(port: number): Promise<FaultyHttp> {
  let faults: Fault[] = [];
  let seen: SeenRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming;
    seen.push({ method, url, headers, at: Date.now() });
    const fault = faults.shift();
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('error', () => {});
    incoming.on('end', () => {
      if (fault === 'cut-before') return void incoming.socket.destroy();
      if (typeof fault === 'object') {
        return void outgoing
          .writeHead(fault.status, { 'Content-Type': 'application/json', ...fault.headers })
          .end(fault.body);
      }
      const forwarded = httpRequest({ host: '127.0.0.1', port, method, path: url, headers, agent: false }, (answer) => {
        const body: Buffer[] = [];
        answer.on('data', (chunk) => body.push(chunk));
        answer.on('end', () => {
          if (fault === 'hang') return;
          if (fault === 'cut-after') return void incoming.socket.destroy();
          const bytes = Buffer.concat(body);
          outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
          if (fault !== 'cut-within') return void outgoing.end(bytes);
          outgoing.write(bytes.subarray(0, 10), () => incoming.socket.destroy());
        });
      });
      forwarded.on('error', () => incoming.socket.destroy());
      forwarded.end(Buffer.concat(chunks));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get seen() {
      return seen;
    },
    failNext(...next) {
      faults = next;
      seen = [];
    },
  };
}
