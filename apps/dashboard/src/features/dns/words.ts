import type { BindingStatus, CredentialView, PoolView, PreflightView, ResolverAnswer } from '@serverctl/contract';
import { isBehindEdge } from '../../lib/pool/edge.ts';
import type { StateWords } from '../../lib/pool/health-words.ts';

/*
 * What the page calls the states of a managed name and of its credential. The command line has the same words; sentences are the server's.
 */

export const bindingStateWords: Readonly<Record<BindingStatus['state'], StateWords>> = {
  idle: { shape: 'not-applicable', word: 'Not published yet' },
  publishing: { shape: 'running', word: 'Publishing' },
  'unknown-outcome': { shape: 'unknown', word: 'Not known yet' },
  verifying: { shape: 'running', word: 'Verifying' },
  published: { shape: 'healthy', word: 'Published' },
  partial: { shape: 'needs-you', word: 'Partly published' },
  blocked: { shape: 'refused', word: 'Blocked' },
  drift: { shape: 'needs-you', word: 'Changed by someone else' },
};

/** A managed name with its records, the A before the AAAA. */
export interface NameRecords {
  readonly name: string;
  readonly zone: string;
  readonly records: readonly BindingStatus[];
}

/** Each managed name once, in the order of the server. */
export function recordsByName({ status: { bindings } }: Pick<PoolView, 'status'>): readonly NameRecords[] {
  return [...new Set(bindings.map(({ name }) => name))].map((name) => {
    const records = bindings.filter((one) => one.name === name).toSorted((a, b) => (a.type < b.type ? -1 : 1));
    return { name, zone: records[0]?.zone ?? '', records };
  });
}

/** What a record shall answer. An AAAA goes with a member that has no IPv6 address (R20). */
export function shallAnswer({ type, desiredAddress, publishedEpoch }: BindingStatus): string {
  if (desiredAddress !== null) return desiredAddress;
  return type === 'AAAA' && publishedEpoch > 0 ? 'no record: the active member has no IPv6 address' : 'nothing yet';
}

/** Whose address it is; null = no member’s. */
export const ownerOf = ({ status: { members } }: Pick<PoolView, 'status'>, address: string): string | null =>
  members.find((member) => member.address === address || member.address6 === address)?.hostname ?? null;

/** The wish, and what the provider makes of it where that is something else. */
export function ttlText(record: BindingStatus): string {
  const { ttlSeconds, effectiveTtlSeconds } = record;
  if (isBehindEdge(record)) return `${ttlSeconds} s, proxied`;
  if (effectiveTtlSeconds === null || effectiveTtlSeconds === ttlSeconds) return `${ttlSeconds} s`;
  return `${effectiveTtlSeconds} s (${ttlSeconds} s wished)`;
}

export const proxiedText = (proxied: boolean | null): string =>
  proxied === null ? 'as it is' : proxied ? 'on' : 'off';

/** The wish, and who answers where none was said. */
export const edgeText = ({ proxied, edge }: Pick<BindingStatus, 'proxied' | 'edge'>): string =>
  proxied === null && edge === 'answers' ? 'as it is: the provider’s edge answers' : proxiedText(proxied);

/** Addresses of an answer: "no record" where there are none. */
export const addressesText = (addresses: readonly string[]): string => addresses.join(', ') || 'no record';

/** How a credential does: as in the zone where it does worst (R23). */
export function credentialState({ preflight = [], usedBy }: Pick<CredentialView, 'preflight' | 'usedBy'>): StateWords {
  if (usedBy.length === 0) return { shape: 'not-applicable', word: 'Not in use' };
  const states = new Set(preflight.map(({ state }) => state));
  const worst = (['failing', 'limited', 'ok'] as const).find((state) => states.has(state));
  const words: StateWords = worst === undefined ? { shape: 'unknown', word: 'Not tried yet' } : preflightWords[worst];
  return preflight.some(({ putOffBy }) => putOffBy != null) ? { ...words, word: `${words.word}, look put off` } : words;
}

/** What was found is of before: the publisher needs the calls, and its own state says how the name does. Null = nothing puts it off. */
export const putOffText = ({ putOffBy }: Pick<PreflightView, 'putOffBy'>): string | null =>
  putOffBy == null ? null : `${putOffBy} is being published or blocked since, which puts off the next look once.`;

export const preflightWords: Readonly<Record<PreflightView['state'], StateWords>> = {
  ok: { shape: 'healthy', word: 'Works' },
  limited: { shape: 'needs-you', word: 'Works, with less' },
  failing: { shape: 'lost', word: 'Failing' },
};

export const resolverWords: Readonly<Record<ResolverAnswer['state'], StateWords>> = {
  same: { shape: 'healthy', word: 'Yes' },
  other: { shape: 'needs-you', word: 'No' },
  'not-compared': { shape: 'not-applicable', word: 'Not compared' },
  'no-answer': { shape: 'unknown', word: 'No answer' },
};
