/**
 * HTTP as a client that hides nothing: every header, the exact bytes, and requests that fetch would refuse to send.
 * An answer that openapi.json does not allow is an error.
 */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { undocumentedIn } from './documented.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The exact bytes, as text. */
  readonly text: string;
  /** The parsed body; null when it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
}

export interface Sent {
  /** An API key; null sends none. Default: the client's own. */
  readonly key?: string | null;
  /** Sent as JSON, unless it is text or bytes. */
  readonly body?: unknown;
  /** An array is sent as that many headers; null leaves out one that would be sent otherwise. */
  readonly headers?: Readonly<Record<string, string | string[] | null>>;
}

export type Send = (method: string, path: string, sent?: Sent) => Promise<Answer>;

/** A client of the service on this port of this machine, with a connection for each request. */
export function httpClient(port: number, ownKey: string): Send {
  return (method, path, { key = ownKey, body, headers = {} } = {}) => {
    const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const all = {
      'Content-Type': bytes === undefined ? null : 'application/json',
      'X-API-Key': key,
      ...headers,
    };
    return exchange(port, method, path, withoutNull(all), bytes).then((answer) => {
      const faults = undocumentedIn(method, path, answer);
      if (faults.length > 0) throw new Error(faults.join('\n'));
      return answer;
    });
  };
}

function withoutNull(headers: Record<string, string | string[] | null>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string | string[]] => entry[1] !== null),
  );
}

/** Sends one request, and judges nothing. */
export function exchange(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string | string[]>,
  body: string | Buffer | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = /^application\/json/.test(response.headers['content-type'] ?? '') && text !== '';
        const json = isJson ? JSON.parse(text) : null;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
