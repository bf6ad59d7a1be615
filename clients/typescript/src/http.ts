/** The connection: the generated routes over a fetch that retries. */
import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './generated/api.ts';
import { DEFAULT_POLICY, type Fetch, type RetryPolicy, sendWithRetries } from './retries.ts';

export interface TrancheOptions {
  /** `sk_test_…` or `sk_live_…` */
  readonly apiKey: string;
  /** Where the service is, without `/v1`: `https://tranche.example.com` */
  readonly baseUrl: string;
  readonly retry?: Partial<RetryPolicy>;
  /** How long a call waits for a command that is held, or whose outcome is not known. Default: 60 000 */
  readonly commandWaitMs?: number;
  /** Instead of the global fetch. */
  readonly fetch?: Fetch;
}

/** Every route by method and path, typed: `http.GET('/v1/balance')`. Changes get an idempotency key here, too. */
export type Http = Client<paths>;

export function createHttp(options: TrancheOptions): Http {
  const policy = { ...DEFAULT_POLICY, ...options.retry };
  const fetch: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
  return createClient<paths>({
    baseUrl: options.baseUrl.replace(/\/+$/, ''),
    headers: { 'X-API-Key': options.apiKey },
    fetch: (request: Request) => sendWithRetries(request, policy, fetch),
  });
}
