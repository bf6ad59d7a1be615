/**
 * A lean HTTP client: kept-alive connections, no redirects, no retries. It shares the machine with what it measures.
 */
import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

const CONNECTIONS_MAX = 128;
/** Longer than the service lets a request wait. */
const ANSWER_TIMEOUT_MS = 30_000;

export class HttpClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX });
  private readonly port: number;
  private readonly apiKey: string;

  /** @param port of the service on loopback */
  constructor(port: number, apiKey: string) {
    this.port = port;
    this.apiKey = apiKey;
  }

  get(path: string): Promise<HttpAnswer> {
    return this.send('GET', path);
  }

  post(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    return this.send('POST', path, Buffer.from(JSON.stringify(body)), headers);
  }

  close(): void {
    this.agent.destroy();
  }

  private send(
    method: string,
    path: string,
    body?: Buffer,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const sent = request({
        agent: this.agent,
        host: '127.0.0.1',
        port: this.port,
        method,
        path,
        timeout: ANSWER_TIMEOUT_MS,
        headers: {
          ...headers,
          'X-API-Key': this.apiKey,
          ...(body && { 'Content-Type': 'application/json', 'Content-Length': body.length }),
        },
      });
      sent.on('error', reject);
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path} was not answered in time`)));
      sent.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode: status = 0, headers } = response;
          resolve({ status, headers, body: parse(Buffer.concat(chunks).toString()) });
        });
      });
      sent.end(body);
    });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
