/**
 * Who may see events and manage webhook endpoints, and where those may lead.
 */
import { type EndpointRow, findEndpoint } from '../db/webhook-endpoints.ts';
import { AddressRefused, developmentAddresses, isPrivateAddress, publicAddresses } from '../webhooks/addresses.ts';
import { checkUrl, URL_FAULTS } from '../webhooks/url-rules.ts';
import { accessOf, type Caller } from './caller.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError } from './errors.ts';
import type { Call } from './route.ts';

/** Events tell of all of a merchant's orders. */
export const SUBSCRIBERS = accessOf(
  ['merchant', 'operator'],
  'webhook_role_not_allowed',
  'read events and manage webhook endpoints',
);

/** @throws ApiError 404 for one that is another merchant's, of the other mode, or deleted */
export async function requireEndpoint(
  { db }: Pick<ApiDependencies, 'db'>,
  call: Pick<Call, 'caller' | 'id'>,
): Promise<EndpointRow> {
  const endpoint = await ownEndpoint({ db }, call.caller, call.id('endpointId'));
  if (!endpoint) throw new ApiError('webhook_endpoint_missing');
  return endpoint;
}

/** Null also for another merchant's, and for the merchant's own of the other mode. */
export async function ownEndpoint(
  { db }: Pick<ApiDependencies, 'db'>,
  { merchantId, mode }: Caller,
  id: string,
  options: Parameters<typeof findEndpoint>[2] = {},
): Promise<EndpointRow | null> {
  const endpoint = await findEndpoint(db, id, options);
  return endpoint?.merchantId === merchantId && endpoint.mode === mode ? endpoint : null;
}

/** @throws ApiError when webhooks may not be sent there. A name that leads nowhere yet may be registered. */
export async function requireAllowedUrl(
  { webhooks }: Pick<ApiDependencies, 'webhooks'>,
  { mode }: Caller,
  text: string,
): Promise<void> {
  const allowsPrivate = webhooks.allowsPrivate && mode === 'test';
  const checked = checkUrl(text, { allowsPrivate });
  if ('fault' in checked) throw refused(URL_FAULTS[checked.fault], checked.fault);
  const { hostname } = checked.url;
  if (isPrivateAddress(hostname.replace(/^\[|\]$/g, ''))) return;
  try {
    await (allowsPrivate ? developmentAddresses(hostname) : publicAddresses(webhooks.resolve, hostname));
  } catch (error) {
    if (!(error instanceof AddressRefused)) return;
    const allowed = allowsPrivate ? 'public and private addresses' : 'public addresses';
    throw refused(`url must lead to ${allowed} only`, 'resolved');
  }
}

function refused(message: string, internal: string): ApiError {
  return new ApiError('webhook_url_refused', { message, param: 'url', internal: `webhook url refused: ${internal}` });
}
