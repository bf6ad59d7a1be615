/** Random requests, made from the document: for each operation valid ones, and then what may go wrong with them. */
import fc from 'fast-check';
import { DOCUMENTED_ROUTES, type DocumentedRoute } from '../support/documented.ts';
import { hostileBody, hostileHeaders, hostileSegment, hostileText, hostileValue, withKey } from './hostile.ts';
import { idOf, type Schema, validValue } from './valid.ts';

/** A request whose ids are still to be put in. */
export interface FuzzRequest {
  readonly operationId: string;
  readonly method: string;
  /** With `{intentId}` and the like still in it. */
  readonly template: string;
  readonly query: string;
  /** By the path parameter's name: what takes its place, instead of a known id. */
  readonly segments: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly caller: Caller;
  /** Chooses among the known ids. */
  readonly dice: number;
}

/** Whose key goes with a request. */
export const CALLERS = [
  ...['merchant', 'buyer', 'arbiter', 'operator', 'bound buyer', 'other merchant', 'live merchant'],
  ...['live operator', 'expired', 'nobody'],
] as const;
export type Caller = (typeof CALLERS)[number];

/** Those that lead an order on are asked for more often. */
const WEIGHTS: Readonly<Record<string, number>> = {
  createPaymentIntent: 4,
  confirmPaymentIntent: 6,
  createMilestone: 14,
  completeMilestone: 10,
  releaseMilestone: 8,
  createMilestoneBatch: 4,
  cancelEscrowOrder: 0.5,
};

const caller = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Caller>('operator') },
  { weight: 3, arbitrary: fc.constant<Caller>('merchant') },
  { weight: 3, arbitrary: fc.constantFrom<Caller>(...CALLERS) },
);

const known: fc.Arbitrary<FuzzRequest> = fc.oneof(
  ...DOCUMENTED_ROUTES.map((route) => ({
    weight: Math.ceil(2 * (WEIGHTS[route.operation.operationId] ?? 1)),
    arbitrary: requestOf(route),
  })),
);

/** Half of them are as the document wants them. */
export const fuzzRequest: fc.Arbitrary<FuzzRequest> = fc.oneof(
  { weight: 7, arbitrary: known },
  { weight: 3, arbitrary: known.chain(withBodyBroken) },
  { weight: 1, arbitrary: known.chain(withPathBroken) },
  { weight: 1, arbitrary: known.chain((request) => hostileHeaders.map((more) => withHeaders(request, more))) },
  { weight: 1, arbitrary: known.chain(withMethodBroken) },
  { weight: 1, arbitrary: known.chain(withQueryBroken) },
);

function requestOf({ template, method, operation }: DocumentedRoute): fc.Arbitrary<FuzzRequest> {
  const { operationId, parameters = [], requestBody } = operation;
  const schemaOf = (name: string): Schema =>
    (parameters.find((one) => one.name === name) as { schema?: Schema } | undefined)?.schema ?? {};
  const query = parameters.filter((one) => one.in === 'query').map(({ name }) => name);
  const headers = parameters.filter((one) => one.in === 'header').map(({ name }) => name);
  const value = (name: string) =>
    name === 'starting_after'
      ? fc.constantFrom(idOf('intent'), idOf('milestone'), idOf('payout'), idOf('cmd'))
      : validValue(schemaOf(name), operationId, name);
  return fc.record({
    operationId: fc.constant(operationId),
    method: fc.constant(method),
    template: fc.constant(template),
    query: fc.record(Object.fromEntries(query.map((name) => [name, value(name)])), { requiredKeys: [] }).map((given) =>
      Object.entries(given)
        .map(([name, one]) => `${name}=${encodeURIComponent(String(one))}`)
        .join('&'),
    ),
    segments: fc.constant({}),
    body: requestBody
      ? validValue(requestBody.content['application/json'].schema, operationId)
      : fc.constant(undefined),
    headers: headers.length === 0 ? fc.constant({}) : preferences(headers),
    caller,
    dice: fc.nat(),
  });
}

function preferences(names: readonly string[]): fc.Arbitrary<Record<string, string>> {
  return fc.record(
    {
      // Few, so that they are met again, by the same request and by others.
      ...(names.includes('Idempotency-Key') && { 'Idempotency-Key': fc.nat(2_000).map((number) => `key-${number}`) }),
      ...(names.includes('Prefer') && { Prefer: fc.constantFrom('wait=0', 'handling=strict', 'handling=lenient') }),
    },
    { requiredKeys: [] },
  );
}

function withBodyBroken(request: FuzzRequest): fc.Arbitrary<FuzzRequest> {
  const { body } = request;
  if (typeof body !== 'object' || body === null) return hostileBody.map((broken) => ({ ...request, body: broken }));
  const keys = Object.keys(body);
  const fields = keys.length === 0 ? ['x'] : keys;
  return fc
    .oneof(
      {
        weight: 6,
        arbitrary: fc.tuple(fc.constantFrom(...fields), hostileValue).map(([key, value]) => withKey(body, key, value)),
      },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom(...fields)
          .map((key) => Object.fromEntries(Object.entries(body).filter(([one]) => one !== key))),
      },
      { weight: 1, arbitrary: fc.tuple(hostileText, hostileValue).map(([key, value]) => withKey(body, key, value)) },
      { weight: 1, arbitrary: hostileValue },
      { weight: 2, arbitrary: hostileBody },
    )
    .map((broken) => ({ ...request, body: broken }));
}

function withPathBroken(request: FuzzRequest): fc.Arbitrary<FuzzRequest> {
  const names = [...request.template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  if (names.length === 0) return hostileSegment.map((end) => ({ ...request, template: `${request.template}/${end}` }));
  // An id of another kind, or something that is no id.
  const other = fc.constantFrom('intent', 'escrow_order', 'milestone', 'cmd', 'payout', 'key').map(idOf);
  return fc
    .tuple(fc.constantFrom(...names), fc.oneof(hostileSegment, other))
    .map(([name, segment]) => ({ ...request, segments: { [name]: segment } }));
}

function withMethodBroken(request: FuzzRequest): fc.Arbitrary<FuzzRequest> {
  const methods = [
    'GET',
    'HEAD',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'TRACE',
    'PROPFIND',
    'QUERY',
    'M-SEARCH',
  ];
  return fc.constantFrom(...methods).map((method) => ({ ...request, method }));
}

function withQueryBroken(request: FuzzRequest): fc.Arbitrary<FuzzRequest> {
  const name = fc.constantFrom(
    ...[
      'limit',
      'starting_after',
      'status',
      'created[gte]',
      'created[lt]',
      'created',
      '__proto__',
      'constructor[prototype]',
    ],
    ...['limit[]', 'x', '', '%', 'a%00'],
  );
  return fc
    .array(fc.tuple(name, hostileSegment), { minLength: 1, maxLength: 3 })
    .map((pairs) => ({ ...request, query: pairs.map((pair) => pair.join('=')).join('&') }));
}

function withHeaders(request: FuzzRequest, headers: FuzzRequest['headers']): FuzzRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}
