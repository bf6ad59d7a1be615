/**
 * Where a name may lead to. The check is part of connecting: the addresses that are checked are those that are
 * connected to, so a name that changes its mind between two questions (DNS rebinding) gains nothing.
 */
import { promises as dns, Resolver } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { promisify } from 'node:util';
import ipaddr from 'ipaddr.js';

/** A name leads to an address that nothing may be sent to. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** Answers all addresses of a name; rejects when it has none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/** All of IPv6 that is routed in public (RFC 4291); the library knows the exceptions within it. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];
/** Public by number, yet answered by the host of a virtual machine: Azure's metadata and DNS. */
const HOST_SERVICES = ['168.63.129.16'];

/** Whether an address is one of the public internet. What cannot be read is not. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text) || text.includes('%')) return false;
  const address = ipaddr.process(text);
  if (HOST_SERVICES.includes(address.toString())) return false;
  if (address.range() !== 'unicast') return false;
  return !(address instanceof ipaddr.IPv6) || address.match(GLOBAL_IPV6);
}

/** This machine and its networks, which the setting for development opens; not what a cloud's host answers there. */
const PRIVATE_RANGES: readonly string[] = ['loopback', 'private', 'uniqueLocal'];
/** Metadata services with an address in a private range: AWS's in IPv6. The others are link-local or {@link HOST_SERVICES}. */
const PRIVATE_METADATA = ['fd00:ec2::254'];

/** Whether an address is one of this machine or its private networks, and no metadata service's. */
export function isPrivateAddress(text: string): boolean {
  if (!ipaddr.isValid(text) || text.includes('%')) return false;
  const address = ipaddr.process(text);
  return PRIVATE_RANGES.includes(address.range()) && !PRIVATE_METADATA.includes(address.toString());
}

/** As {@link publicAddresses}, for development: private addresses are let through, too. */
export async function developmentAddresses(hostname: string): Promise<readonly string[]> {
  const addresses = await resolveBySystem(hostname);
  const isAllowed = (address: string) => isPublicAddress(address) || isPrivateAddress(address);
  if (addresses.length > 0 && addresses.every(isAllowed)) return addresses;
  throw new AddressRefused('The host name leads to an address that is neither public nor private');
}

/** @throws AddressRefused when one of the name's addresses is not public: then none of them is used */
export async function publicAddresses(resolve: Resolve, hostname: string): Promise<readonly string[]> {
  const addresses = await resolve(hostname);
  const refused = addresses.find((address) => !isPublicAddress(address));
  // The address is not repeated: it would tell what names lead to inside.
  if (refused !== undefined) throw new AddressRefused('The host name leads to an address that is not public');
  if (addresses.length === 0) throw new AddressRefused('The host name leads to no address');
  return addresses;
}

/** For `connect` of node:net and node:tls: they call it for every name, and never for what is an address already. */
export function lookupWith(find: (hostname: string) => Promise<readonly string[]>): LookupFunction {
  return (hostname, options, callback) => {
    find(hostname).then(
      (addresses) => {
        const found = addresses.map((address) => ({
          address,
          family: ipaddr.parse(address).kind() === 'ipv6' ? 6 : 4,
        }));
        const [first = { address: '', family: 4 }] = found;
        if (options.all) callback(null, found);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 4),
    );
  };
}

const RESOLVE_TIMEOUT_MS = 2_000;
const RESOLVE_TRIES = 2;

/**
 * Asks name servers itself. The system's own way (`dns.lookup`) has four threads for the whole process: a few names
 * with slow servers would hold up everybody's deliveries, and the hosts file is nothing that strangers may use.
 */
export function createResolve(): Resolve {
  const resolver = new Resolver({ timeout: RESOLVE_TIMEOUT_MS, tries: RESOLVE_TRIES });
  const resolve4 = promisify<string, string[]>(resolver.resolve4.bind(resolver));
  const resolve6 = promisify<string, string[]>(resolver.resolve6.bind(resolver));
  return async (hostname) => {
    const [four, six] = await Promise.allSettled([resolve4(hostname), resolve6(hostname)]);
    if (four.status === 'rejected' && six.status === 'rejected') throw four.reason;
    return [four, six].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  };
}

/** The system's own way, for names of this machine. */
export const resolveBySystem: Resolve = async (hostname) =>
  (await dns.lookup(hostname, { all: true })).map(({ address }) => address);
