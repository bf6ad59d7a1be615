/**
 * Whose requests count together when somebody guesses keys: one address of IPv4, one network of 64 bits of IPv6, since
 * that much is given to a single household and can be walked through address by address.
 */
import type { Request } from 'express';
import ipaddr from 'ipaddr.js';

const IPV6_NETWORK_BYTES = 8;

/** Express' setting `trust proxy`: how many proxies stand before us, or which ones; false: none. */
export type TrustedProxies = false | number | readonly string[];

/** The network of a request's client; behind trusted proxies the one that they name. */
export function clientNetworkOf({ ip, socket }: Pick<Request, 'ip' | 'socket'>): string {
  // What a proxy passes on may be anything; then the address that we see ourselves has to do.
  return networkOf(ip ?? '') ?? networkOf(socket.remoteAddress ?? '') ?? '';
}

/** null when it is no address */
export function networkOf(address: string): string | null {
  if (!ipaddr.isValid(address)) return null;
  // An IPv4 address may come written as one of IPv6 (::ffff:192.0.2.1).
  const read = ipaddr.process(address);
  if (read.kind() === 'ipv4') return read.toString();
  const bytes = read.toByteArray().map((byte, place) => (place < IPV6_NETWORK_BYTES ? byte : 0));
  return `${ipaddr.fromByteArray(bytes)}/64`;
}
