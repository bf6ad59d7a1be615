/**
 * Sends one webhook to a stranger's URL, if it may be sent there: the one way out for webhooks.
 */
import { developmentAddresses, lookupWith, publicAddresses, type Resolve } from './addresses.ts';
import { type Post, type PostResult, post } from './post.ts';
import { checkUrl, URL_FAULTS, type UrlPolicy } from './url-rules.ts';

/** @throws when `signal` is aborted, and then alone */
export async function sendWebhook(
  { url, ...message }: Omit<Post, 'url' | 'lookup'> & { readonly url: string },
  policy: UrlPolicy,
  resolve: Resolve,
): Promise<PostResult> {
  // Once more, because it may have been registered under other settings.
  const checked = checkUrl(url, policy);
  if ('fault' in checked) return { ...NOT_SENT, error: URL_FAULTS[checked.fault] };
  const find = policy.allowsPrivate ? developmentAddresses : (hostname: string) => publicAddresses(resolve, hostname);
  return post({ ...message, url: checked.url, lookup: lookupWith(find) });
}

const NOT_SENT = { statusCode: null, durationMs: 0, retryAfterMs: null };
