import { BlockList, isIP } from 'node:net';
import { type Cidr, globalIpv6Range, nat64Range, specialIpv4Ranges, specialIpv6Ranges } from '@serverctl/core';

/*
 * Addresses that are ours, our neighbours' or nobody's (core's list): a target given by an operator may reach them only when an
 * administrator allowed that host and port (R40). IPv4 is public but for what is listed. IPv6 is the other way round: of its space only
 * one block is given out, so a list of the rest would always lack something.
 */
const closed = new BlockList();
for (const range of Object.values(specialIpv4Ranges).flat()) {
  const [network, bits] = parts(range);
  closed.addSubnet(network, bits, 'ipv4');
  closed.addSubnet(behind(nat64Range, network), 96 + bits, 'ipv6');
}
for (const range of specialIpv6Ranges) closed.addSubnet(...parts(range), 'ipv6');

/** What may be public at all. Mapped IPv4 is IPv4 in other words, and `closed` judges it by its IPv4 ranges. */
const given = new BlockList();
for (const range of [globalIpv6Range, nat64Range, '::ffff:0:0/96'] as const) given.addSubnet(...parts(range), 'ipv6');

/** True for every address outside the public unicast space; also for text that is no address. */
export function isPrivateAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return closed.check(address, 'ipv4');
    case 6:
      return !given.check(address, 'ipv6') || closed.check(address, 'ipv6');
    default:
      return true;
  }
}

function parts(range: Cidr): [network: string, bits: number] {
  const [network = '', bits] = range.split('/');
  return [network, Number(bits)];
}

/** An IPv4 address at the end of a prefix of 96 bits. */
function behind(prefix: Cidr, ipv4: string): string {
  return `${parts(prefix)[0]}${ipv4}`;
}
