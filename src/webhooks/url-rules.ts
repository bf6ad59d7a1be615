/**
 * Which URLs webhooks may be sent to, by their text alone. Where a name leads to is checked at each connection
 * (addresses.ts); for that to be every connection, no URL may name an address itself.
 */
import { isIP } from 'node:net';
import { isPrivateAddress } from './addresses.ts';

/** Every reason a URL can be refused for by its text, in order of precedence. */
export type UrlFault =
  | 'too_long'
  | 'characters'
  | 'malformed'
  | 'scheme'
  | 'userinfo'
  | 'fragment'
  | 'address'
  | 'hostname'
  | 'underscore'
  | 'private_name'
  | 'port';

/** What a deployment lets through. Development and tests alone have reason to. */
export interface UrlPolicy {
  /** Plain http, any port, names and addresses of private machines, for sinks on this network. Never in live mode. */
  readonly allowsPrivate: boolean;
  /** Default: 443, and 8443, on which TLS is commonly served by those who may not use 443. */
  readonly ports?: readonly number[];
}

const URL_MAX_LENGTH = 2_048;
/** Nothing that a parser strips, maps to another character or takes for a slash. */
const PLAIN = /^[\x21-\x5b\x5d-\x7e]+$/;
const PARTS = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i;
const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
/** At least two labels, and the last one not a number: that would be an address to some parsers. */
const PUBLIC_NAME = new RegExp(`^(${LABEL}\\.)+(?=[a-z])${LABEL}$`);
const ANY_NAME = new RegExp(`^(${LABEL}\\.)*(?=[a-z])${LABEL}$`);
const NAME_MAX_LENGTH = 253;
/** Names that lead inside by convention (RFC 6761, RFC 6762, RFC 8375, ICANN) or at hosting companies. */
const PRIVATE_SUFFIXES = [
  ...['localhost', 'localdomain', 'local', 'internal', 'intranet', 'private', 'lan', 'home', 'corp', 'home.arpa'],
  ...['svc', 'consul', 'onion', 'alt', 'in-addr.arpa', 'ip6.arpa'],
];
const PORTS: readonly number[] = [443, 8443];
const PORT_MAX = 65_535;

/** The URL as it will be used, or why it may not be. */
export function checkUrl(text: string, policy: UrlPolicy): { url: URL } | { fault: UrlFault } {
  if (text.length > URL_MAX_LENGTH) return { fault: 'too_long' };
  if (!PLAIN.test(text)) return { fault: 'characters' };
  const [, scheme = '', authority = ''] = PARTS.exec(text) ?? [];
  if (authority === '' || !URL.canParse(text))
    return { fault: scheme === '' || authority === '' ? 'malformed' : hostFault(authority) };
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && policy.allowsPrivate)) return { fault: 'scheme' };
  if (authority.includes('@')) return { fault: 'userinfo' };
  if (text.includes('#')) return { fault: 'fragment' };
  const { hostname, port } = url;
  const address = hostname.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0) {
    return policy.allowsPrivate && isPrivateAddress(address) ? { url } : { fault: 'address' };
  }
  // Escapes and a dot at the end are other spellings of the same name, which nobody needs.
  const isName = (policy.allowsPrivate ? ANY_NAME : PUBLIC_NAME).test(hostname) && hostname.length <= NAME_MAX_LENGTH;
  if (authority.includes('%')) return { fault: 'hostname' };
  if (!policy.allowsPrivate && isPrivateName(hostname)) return { fault: 'private_name' };
  // DNS has such names, for records about a service; hosts have none (RFC 952, RFC 1123), nor do their certificates.
  if (!isName) return { fault: hostname.includes('_') ? 'underscore' : 'hostname' };
  const ports = policy.ports ?? PORTS;
  if (!policy.allowsPrivate && !ports.includes(Number(port || 443))) return { fault: 'port' };
  return { url };
}

/** Why a parser takes no part of a host: a number that is no address, a port that is none, or anything else. */
function hostFault(authority: string): UrlFault {
  if (authority.includes('@')) return 'userinfo';
  const [, host = '', port = ''] = /^(.*?)(?::([0-9]*))?$/.exec(authority) ?? [];
  if (Number(port) > PORT_MAX) return 'port';
  return /^\[|^[0-9a-fx.]+$/i.test(host) ? 'address' : 'hostname';
}

function isPrivateName(hostname: string): boolean {
  const name = hostname.replace(/\.+$/, '');
  return !name.includes('.') || PRIVATE_SUFFIXES.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
}

/** What a fault says to whoever gave the URL. */
export const URL_FAULTS: Readonly<Record<UrlFault, string>> = {
  too_long: `url must be at most ${URL_MAX_LENGTH} characters`,
  characters: 'url must consist of plain ASCII characters without spaces and backslashes',
  malformed: 'url must be an absolute URL, such as "https://shop.example.com/webhooks"',
  scheme: 'url must begin with https://',
  userinfo: 'url must not contain a user name or password',
  fragment: 'url must not contain a fragment (#)',
  address: 'url must name a host, not an IP address',
  hostname: 'url must have a host name with a dot in it and none at its end, without escapes',
  underscore: 'url must have a host name of letters, digits, hyphens and dots: names of hosts have no underscore',
  private_name: 'url must have a public host name',
  port: 'url must use port 443 or 8443',
};
