import type { BindingDetail, ResolverAnswer } from '@serverctl/contract';
import { clean, table } from './table.ts';
import { narrowest, width } from './width.ts';
import { localTime, type Tone, tinted } from './words.ts';

/** What the recursive resolvers answer for a record, and what follows from that for their clients; nothing where none is set up. */
export function resolverText(one: BindingDetail, colour: boolean): readonly string[] {
  const [first] = one.resolvers;
  if (first === undefined) return [];
  const rows = one.resolvers.map((answer) => ({
    resolver: answer.resolver,
    right: wordOf(answer, colour),
    'TTL left': answer.ttlSeconds === null ? '-' : `${answer.ttlSeconds} s`,
    'cached until': answer.cachedUntil === null ? '-' : localTime(answer.cachedUntil),
    answered: answeredParts(answer),
  }));
  const asked = `What resolvers answer, asked ${localTime(first.askedAt)}; for your information only.`;
  return [asked, laidOut(rows), ...notes(one)];
}

type Column = 'resolver' | 'right' | 'TTL left' | 'cached until';
type Row = Readonly<Record<Column, string>> & { readonly answered: readonly string[] };

/** Widest first. `cached until` is what is left of the TTL in other words. */
const forms: readonly (readonly Column[])[] = [
  ['resolver', 'right', 'TTL left', 'cached until'],
  ['resolver', 'right', 'TTL left'],
];

/** Nothing is cut, and no address broken: where no table has room for that, each resolver has lines of its own. */
function laidOut(rows: readonly Row[]): string {
  const columns = process.stdout.columns || Number.POSITIVE_INFINITY;
  const last = Math.max(...rows.map(leastRoom));
  const drawn = (form: readonly Column[], answered: (row: Row) => string, wide: boolean) => {
    const cells = rows.map((row) => [...form.map((column) => row[column]), answered(row)]);
    return table([...form, 'answered'], cells, [], { wide, last });
  };
  const isRoomFor = (form: readonly Column[]) => {
    const lines = drawn(form, () => 'x'.repeat(last), true).split('\n');
    return lines.every((line) => width(line) <= columns);
  };
  const form = forms.find(isRoomFor);
  return form === undefined ? rows.map(block).join('\n') : drawn(form, wordsOf, false);
}

function wordsOf({ answered }: Row): string {
  return answered.join(', ');
}

/** The last column is wrapped between words, and gets room for a few of them. */
function leastRoom(row: Row): number {
  const answered = wordsOf(row);
  return Math.max(Math.min(narrowest, width(answered)), ...answered.split(' ').map(width));
}

/** One space deep: any address fits into forty columns. */
function block(row: Row): string {
  const { resolver, right, answered } = row;
  return [resolver, `right: ${right}, TTL left ${row['TTL left']}, answered:`, ...answered].join('\n ');
}

function answeredParts({ error, addresses, moreAddresses }: ResolverAnswer): readonly string[] {
  if (error !== null) return [clean(error)];
  if (addresses.length === 0) return ['no record'];
  return [...addresses.map(clean), ...(moreAddresses === 0 ? [] : [`and ${moreAddresses} more`])];
}

const words: Readonly<Record<ResolverAnswer['state'], readonly [word: string, tone: Tone]>> = {
  same: ['yes', 'good'],
  other: ['no', 'careful'],
  'not-compared': ['-', 'quiet'],
  'no-answer': ['-', 'quiet'],
};

function wordOf({ state }: ResolverAnswer, colour: boolean): string {
  const [word, tone] = words[state];
  return word === '-' ? word : tinted(word, tone, colour);
}

/** What the column `right` means for clients, where it does not say yes everywhere. */
function notes(one: BindingDetail): readonly string[] {
  const has = (wanted: ResolverAnswer['state']) => one.resolvers.some(({ state }) => state === wanted);
  if (has('not-compared')) return [notCompared(one)];
  return has('other') ? [differs(one)] : [];
}

/** No end is promised: who asks anew may hear the same again, from another view of the zone or from its own cache. */
function differs({ acknowledgedAddress, type, state, resolvers }: BindingDetail): string {
  const wanted = acknowledgedAddress ?? `no ${type} record`;
  const isTimed = resolvers.some((answer) => answer.state === 'other' && answer.cachedUntil !== null);
  const sentences = [
    `Where it says no, clients are told something else than ${wanted}${isTimed ? '; when the TTL shown is over, the resolver asks anew' : ''}.`,
    ...(state === 'published' ? [] : [`The name is in state ${state}.`]),
  ];
  return sentences.join(' ');
}

function notCompared({ publishedEpoch, edge }: BindingDetail): string {
  if (publishedEpoch === 0) return 'Nothing is compared: nothing was published yet.';
  return edge === 'answers'
    ? 'Nothing is compared: the name is proxied, so the provider’s edge answers with addresses of its own.'
    : 'What differs is not compared: the name may be proxied, and then the provider’s edge answers with addresses of its own.';
}
