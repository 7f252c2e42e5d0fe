/** A network and its prefix length, `10.0.0.0/8`. */
export type Cidr = `${string}/${number}`;

/**
 * IPv4 outside the public unicast space, by what it is (RFC 6890). The one list: whoever judges an address composes it from these kinds.
 * The documentation networks are left out: labs and tests use them as public ones, and nobody answers there.
 */
export const specialIpv4Ranges = {
  /** RFC 1918. */
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
  /** Shared space behind a carrier's NAT (RFC 6598). */
  carrier: ['100.64.0.0/10'],
  /** Loopback and link-local: a host's word to itself or to its neighbour. */
  local: ['127.0.0.0/8', '169.254.0.0/16'],
  /** `this network`, multicast, reserved and limited broadcast: nothing a record may hold. */
  unusable: ['0.0.0.0/8', '224.0.0.0/4', '240.0.0.0/4'],
  /** IETF protocol assignments and benchmarks of networks (RFC 2544). */
  assigned: ['192.0.0.0/24', '198.18.0.0/15'],
} as const satisfies Record<string, readonly Cidr[]>;

/** IPv6 likewise. What holds an IPv4 address is here as far as it cannot be judged by that address. */
export const specialIpv6Ranges = [
  '::/127', // unspecified and loopback
  '64:ff9b:1::/48', // local-use NAT64
  '100::/64', // discard
  '2001::/32', // Teredo
  '2002::/16', // 6to4
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
] as const satisfies readonly Cidr[];
