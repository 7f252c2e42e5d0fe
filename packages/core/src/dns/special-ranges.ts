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

/** IPv6 that no record may hold: unspecified, link-local, which means nothing without a zone, and multicast. */
export const unusableIpv6Ranges = ['::/128', 'fe80::/10', 'ff00::/8'] as const satisfies readonly Cidr[];

/** The one block that global unicast addresses are given out of (RFC 4291 section 2.4, IANA); what is outside it is no public address. */
export const globalIpv6Range = '2000::/3' satisfies Cidr;

/** What within that block is no public host's address (RFC 6890); the documentation networks are left out, as in IPv4. */
export const specialIpv6Ranges = [
  '2001::/23', // IETF protocol assignments: Teredo, benchmarking, ORCHID (RFC 2928)
  '2002::/16', // 6to4, which holds an IPv4 address
] as const satisfies readonly Cidr[];

/** The well-known prefix in front of an IPv4 address (RFC 6052): as public as that. */
export const nat64Range = '64:ff9b::/96' satisfies Cidr;
