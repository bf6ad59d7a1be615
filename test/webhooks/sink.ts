/**
 * A receiver of webhooks on this machine that does as it is told, and remembers all that came.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every type
  readonly event: any;
  readonly at: number;
  /** What the sink answered; 0: nothing. */
  readonly status: number;
}

/** What a sink does with a request: a status to answer with, or whatever it likes (then it answers 0). */
export type Behaviour = (request: Omit<Received, 'status'>, response: ServerResponse) => number;

export interface Sink {
  readonly url: string;
  readonly received: readonly Received[];
  /** Those that it took. */
  taken(): readonly Received[];
  behave(how: Behaviour): void;
}

export const takeAll: Behaviour = () => 200;
export const fail: Behaviour = () => 500;
/** Never answers. */
export const hang: Behaviour = () => 0;

/** Closed after the file. */
export async function startSink(behaviour: Behaviour = takeAll): Promise<Sink> {
  const received: Received[] = [];
  let behave = behaviour;
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const arrived = { headers: request.headers, body, event: parsed(body), at: Date.now() };
      const status = behave(arrived, response);
      received.push({ ...arrived, status });
      if (status !== 0) response.writeHead(status).end('{}');
    });
  });
  // By name, as every URL: "localhost" may be either family.
  await new Promise<void>((listening) => server.listen(0, () => listening()));
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/hooks`,
    received,
    taken: () => received.filter(({ status }) => status >= 200 && status < 300),
    behave(how) {
      behave = how;
    },
  };
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    // The sender gave up.
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(body: string) {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
