/** Numbers of the IANA DNS parameters that we use (RFC 1035, 2136, 3596, 8945). */
export const rrType = {
  a: 1,
  ns: 2,
  cname: 5,
  soa: 6,
  txt: 16,
  aaaa: 28,
  tsig: 250,
  any: 255,
} as const;

/** `none` and `any` carry meaning in the prerequisites and changes of an UPDATE (RFC 2136 sections 2.4 and 2.5). */
export const rrClass = { in: 1, none: 254, any: 255 } as const;

/** The kinds of request that we send (RFC 1035, RFC 2136). */
export const opcode = { query: 0, update: 5 } as const;

const rcodeNames: Readonly<Record<number, string>> = {
  0: 'NOERROR',
  1: 'FORMERR',
  2: 'SERVFAIL',
  3: 'NXDOMAIN',
  4: 'NOTIMP',
  5: 'REFUSED',
  6: 'YXDOMAIN',
  7: 'YXRRSET',
  8: 'NXRRSET',
  9: 'NOTAUTH',
  10: 'NOTZONE',
  16: 'BADSIG',
  17: 'BADKEY',
  18: 'BADTIME',
  22: 'BADTRUNC',
};

/** The name of a response code, also of TSIG's extended ones; `RCODE<n>` for those without one here. */
export function rcodeName(code: number): string {
  return rcodeNames[code] ?? `RCODE${code}`;
}
