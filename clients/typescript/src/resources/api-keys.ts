/** API keys of the caller's merchant and mode. */
import { type CallOptions, type ChangeOptions, type Connection, dataOf, type ListOptions } from '../connection.ts';
import type { ApiKey, CreateApiKey, NewApiKey, RotateApiKey } from '../types.ts';

const KEYS = '/v1/api-keys';
const KEY = '/v1/api-keys/{keyId}';

type KeyOptions = CallOptions & Pick<ChangeOptions, 'idempotencyKey'>;

export class ApiKeys {
  readonly #connection: Connection;
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The key itself is shown in this answer only. */
  create(body: CreateApiKey, options?: KeyOptions): Promise<NewApiKey> {
    return this.#connection.change(
      options,
      ({ header, signal }) => this.#connection.http.POST(KEYS, { params: { header }, body, signal }),
      dataOf,
    );
  }

  list(options: ListOptions = {}): AsyncGenerator<ApiKey> {
    return this.#connection.list(options, (query, signal) =>
      this.#connection.http.GET(KEYS, { params: { query }, signal }),
    );
  }

  /** A new key in place of this one, which works for `overlapSeconds` more. */
  rotate(keyId: string, body: RotateApiKey = {}, options?: KeyOptions): Promise<NewApiKey> {
    const path = { keyId };
    return this.#connection.change(
      options,
      ({ header, signal }) => this.#connection.http.POST(`${KEY}/rotate`, { params: { path, header }, body, signal }),
      dataOf,
    );
  }

  revoke(keyId: string, options?: KeyOptions): Promise<ApiKey> {
    const path = { keyId };
    return this.#connection.change(
      options,
      ({ header, signal }) => this.#connection.http.POST(`${KEY}/revoke`, { params: { path, header }, signal }),
      dataOf,
    );
  }
}
