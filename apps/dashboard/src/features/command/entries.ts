import type { MemberStatus, MeView, PoolView } from '@serverctl/contract';
import type { ActName } from '../../lib/act/acts.ts';
import { addressOf, namesOf } from '../../lib/pool/names.ts';

/*
 * What the palette finds: things (pools, members, pages) and verbs with their object. A verb opens its preview and changes nothing by itself;
 * one that is not allowed is there, with the reason.
 */

/** Where an entry leads. `act` opens the dialog of that name on the pool's page. */
export type Place =
  | { readonly kind: 'page'; readonly to: AccountPage | '/pools' }
  | { readonly kind: 'pool'; readonly pool: string; readonly tab: PoolTab }
  | { readonly kind: 'member'; readonly pool: string; readonly member: string }
  | { readonly kind: 'act'; readonly pool: string; readonly act: ActName; readonly member?: string };

export type PoolTab = '' | 'members' | 'dns' | 'settings';
export type AccountPage = '/account' | '/account/users' | '/account/tokens' | '/account/credentials' | '/account/about';

export interface Entry {
  readonly key: string;
  /** Title above it: the pool that a verb is about, or "Go to". */
  readonly group: string;
  readonly words: string;
  /** Small, at the right: an address, a pool. */
  readonly detail: string;
  readonly place: Place;
  /** Why it cannot be done; null = it can. */
  readonly refused: string | null;
}

const goTo = 'Go to';
const pages: readonly (readonly [AccountPage | '/pools', string])[] = [
  ['/pools', 'Pools'],
  ['/account', 'Your account'],
  ['/account/users', 'Users'],
  ['/account/tokens', 'API tokens'],
  ['/account/credentials', 'DNS credentials'],
  ['/account/about', 'About this control plane'],
];
const tabs: readonly (readonly [Exclude<PoolTab, ''>, string])[] = [
  ['members', 'Members'],
  ['dns', 'DNS'],
  ['settings', 'Settings'],
];

type Permission = MeView['permissions'][number];

/** Everything that can be found, those of the pool at hand first. `whyNot`: why whoever looks cannot do it in a pool; null = they can. */
export function entriesOf(
  pools: Iterable<PoolView>,
  here: string | null,
  whyNot: (permission: Permission, poolId: string) => string | null,
): readonly Entry[] {
  const all = [...pools].sort((a, b) => Number(b.id === here) - Number(a.id === here));
  return [
    ...all.flatMap((pool) =>
      verbsOf(pool, {
        promote: whyNot('promotion:write', pool.id),
        write: whyNot('pool:write', pool.id),
        member: whyNot('member:write', pool.id),
      }),
    ),
    ...all.flatMap(thingsOf),
    ...pages.map(([to, words]) => ({
      ...{ key: to, group: goTo, words, detail: '', refused: null },
      place: { kind: 'page', to } as const,
    })),
  ];
}

interface Verbs {
  readonly promote: string | null;
  readonly write: string | null;
  readonly member: string | null;
}

function verbsOf(pool: PoolView, { promote, write, member: ofMember }: Verbs): readonly Entry[] {
  const verb = (act: ActName, words: string, refused: string | null, member?: MemberStatus): Entry => ({
    key: `${pool.id} ${act} ${member?.id ?? ''}`,
    group: pool.name,
    words,
    detail: 'preview first',
    place: { kind: 'act', pool: pool.id, act, ...(member && { member: member.id }) },
    refused,
  });
  const isEmpty = pool.status.members.length === 0;
  return [
    ...pool.status.members
      .filter(({ role }) => role === 'standby')
      .map((member) => verb('make-active', `Make ${member.hostname} active…`, promote, member)),
    ...(isEmpty ? [] : [verb('cut', `Cut DNS of ${pool.name} to the standby…`, promote)]),
    ...pool.status.members.map((member) =>
      verb('member-maintenance', `Put ${member.hostname} in maintenance…`, ofMember, member),
    ),
    verb('maintenance', `Put ${pool.name} in maintenance…`, write),
    verb('add-member', `Add a member to ${pool.name}…`, ofMember),
  ];
}

function thingsOf(pool: PoolView): readonly Entry[] {
  const thing = (key: string, words: string, detail: string, place: Place): Entry => ({
    ...{ key: `${pool.id} ${key}`, group: goTo, words, detail, place, refused: null },
  });
  return [
    thing('pool', pool.name, 'pool', { kind: 'pool', pool: pool.id, tab: '' }),
    ...tabs.map(([tab, word]) =>
      thing(tab, `${pool.name}: ${word}`, '', { kind: 'pool', pool: pool.id, tab } as const),
    ),
    ...pool.status.members.map((member) =>
      thing(member.id, member.hostname, addressOf(member) ?? '', { kind: 'member', pool: pool.id, member: member.id }),
    ),
    ...namesOf(pool).map((name) => thing(name, name, pool.name, { kind: 'pool', pool: pool.id, tab: 'dns' })),
  ];
}

const mostFound = 40;
/** Pools are listed whole where nothing is looked for. */
const mostShown = 400;

const isMain = ({ place }: Entry): boolean => place.kind === 'page' || (place.kind === 'pool' && place.tab === '');

/** Those in which each word occurs, whatever its case; where nothing is said, the pools and the pages. */
export function find(entries: readonly Entry[], said: string): readonly Entry[] {
  const words = said.toLowerCase().split(/\s+/).filter(Boolean);
  const found = entries.filter(({ words: own, detail, group }) => {
    const text = `${own} ${detail} ${group}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  if (words.length === 0) return found.filter(isMain).slice(0, mostShown);
  // Verbs of many members push everything else out of sight: what is meant by its name comes first.
  return found.toSorted((a, b) => Number(begins(b, words)) - Number(begins(a, words))).slice(0, mostFound);
}

const begins = ({ words }: Entry, [first]: readonly string[]): boolean =>
  first !== undefined && words.toLowerCase().startsWith(first);
