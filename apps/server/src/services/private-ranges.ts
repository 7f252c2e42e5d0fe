import { BlockList, isIP } from 'node:net';
import { specialIpv4Ranges, specialIpv6Ranges } from '@serverctl/core';

/*
 * Addresses that are ours, our neighbours' or nobody's (core's list): a target given by an operator may reach them only when an
 * administrator allowed that host and port (R40). IPv4 inside IPv6 is judged by BlockList itself (mapped) or below (NAT64).
 */
const closed = new BlockList();
for (const range of Object.values(specialIpv4Ranges).flat()) {
  const [network = '', bits] = range.split('/');
  closed.addSubnet(network, Number(bits), 'ipv4');
  // RFC 6052: the same addresses behind the well-known NAT64 prefix.
  closed.addSubnet(`64:ff9b::${network}`, 96 + Number(bits), 'ipv6');
}
for (const range of specialIpv6Ranges) {
  const [network = '', bits] = range.split('/');
  closed.addSubnet(network, Number(bits), 'ipv6');
}

/** True for every address outside the public unicast space; also for text that is no address. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  return family === 0 || closed.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
