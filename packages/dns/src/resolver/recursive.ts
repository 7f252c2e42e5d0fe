import type { RecordType } from '@serverctl/core';
import type { Endpoint } from '../transport/transport-error.ts';
import { addressesAt, addressType } from '../wire/address-records.ts';
import { type Message, plainFlags, type ResourceRecord } from '../wire/message.ts';
import { rcodeName } from '../wire/registry.ts';
import { createAskServer } from './ask-server.ts';
import type { ResolverOptions } from './schema.ts';

/*
 * What a recursive resolver would tell a client now, from its cache or from the zone. It proves nothing about the zone (R24 asks the
 * authoritative servers for that): it is for people, who want to see what a cache still holds.
 */

/** What a recursive resolver answered. Seconds are what is left of them in its cache. */
export type RecursiveAnswer =
  /** `addresses` are sorted, empty where it says that there is none; `ttlSeconds` is null where it does not say for how long. */
  | { readonly kind: 'answered'; readonly addresses: readonly string[]; readonly ttlSeconds: number | null }
  /** `SERVFAIL`, `REFUSED`, … */
  | { readonly kind: 'failed'; readonly rcode: string }
  /** It points elsewhere or is empty, and offers no recursion: no client can use it. */
  | { readonly kind: 'not-recursive' };

/** Asks one recursive resolver for one name. Throws `outbound_forbidden`, `dns_unreachable` or `dns_reply_malformed`. */
export type AskRecursive = (
  resolver: Endpoint,
  name: string,
  type: RecordType,
  signal: AbortSignal,
) => Promise<RecursiveAnswer>;

/** One question each, with recursion desired; nothing is kept here. */
export function createAskRecursive({ randomId, mayAsk }: Pick<ResolverOptions, 'randomId' | 'mayAsk'>): AskRecursive {
  const ask = createAskServer(randomId, mayAsk, { ...plainFlags, recursionDesired: true });
  return async (resolver, name, type, signal) => {
    const owner = name.toLowerCase().replace(/\.$/, '');
    return answerIn(await ask(resolver, owner, addressType[type], signal), owner, type);
  };
}

/*
 *   NOERROR with addresses, at the name or behind its aliases   | answered with them, for the least TTL on the way
 *   NXDOMAIN, or NOERROR without                                | answered with none, for as long as the SOA beside it says (RFC 2308)
 *   NOERROR without, neither recursive nor authoritative        | not recursive: a referral, or nothing at all
 *   anything else                                               | failed
 */
function answerIn({ rcode, flags, answers, authority }: Message, owner: string, type: RecordType): RecursiveAnswer {
  const said = rcodeName(rcode);
  if (said !== 'NOERROR' && said !== 'NXDOMAIN') return { kind: 'failed', rcode: said };
  const { end, aliases } = endOf(answers, owner);
  const held = answers.filter((record) => record.name === end && record.type === addressType[type]);
  const found = addressesAt(held, end, type);
  if (found !== null) {
    const ttlSeconds = Math.min(...[...aliases, ...held].map(leftSeconds));
    return { kind: 'answered', addresses: found.addresses, ttlSeconds };
  }
  if (said === 'NOERROR' && !flags.recursionAvailable && !flags.authoritative) return { kind: 'not-recursive' };
  return { kind: 'answered', addresses: [], ttlSeconds: negativeSeconds(authority, aliases) };
}

/** Where the aliases of a name lead within one answer, and their records; a loop ends at the name that was there before. */
function endOf(answers: readonly ResourceRecord[], owner: string) {
  const aliases: ResourceRecord[] = [];
  const seen = new Set<string>();
  let end = owner;
  while (!seen.has(end)) {
    seen.add(end);
    const alias = answers.find(({ name, data }) => name === end && data.kind === 'cname');
    if (alias?.data.kind !== 'cname') break;
    aliases.push(alias);
    end = alias.data.target;
  }
  return { end, aliases };
}

/** RFC 2308 section 5: the lesser of the SOA's TTL, which a cache counts down, and its last field. */
function negativeSeconds(authority: readonly ResourceRecord[], aliases: readonly ResourceRecord[]): number | null {
  const soa = authority.find(({ data }) => data.kind === 'soa');
  if (soa?.data.kind !== 'soa') return null;
  return Math.min(leftSeconds(soa), soa.data.rest[3], ...aliases.map(leftSeconds));
}

/** RFC 2181 section 8: a TTL with its highest bit set counts as zero. */
function leftSeconds({ ttlSeconds }: ResourceRecord): number {
  return ttlSeconds > 0x7fff_ffff ? 0 : ttlSeconds;
}
