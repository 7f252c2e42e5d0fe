import type { BindingStatus } from '@serverctl/contract';
import { clean, facts, table } from './table.ts';
import { localTime, tinted } from './words.ts';

/** One line a managed record; below it the servers that do not answer what they shall, the error, and what was found in drift. */
export function bindingTable(bindings: readonly BindingStatus[], colour: boolean, { wide = false } = {}): string {
  const typed = bindings.some(({ type }) => type === 'AAAA');
  const rows = bindings.map((one) => [
    one.name,
    ...(typed ? [one.type] : []),
    ...(wide ? [one.zone, one.id] : []),
    one.desiredAddress ?? (isWithdrawn(one, one.publishedEpoch) ? 'no record, withdrawn' : '-'),
    one.published.length === 0 ? '-' : `${one.published.filter(({ ok }) => ok).length} of ${one.published.length}`,
    stateText(one, colour),
    ttlText(one),
  ]);
  const notes = bindings.map((one) => [
    ...errorOf(one),
    ...driftOf(one),
    ...one.published.filter(({ ok }) => !ok).map(answerText),
  ]);
  const head = [
    'name',
    ...(typed ? ['type'] : []),
    ...(wide ? ['zone', 'id'] : []),
    'shall answer',
    'servers do',
    'state',
    'TTL',
  ];
  return table(head, rows, notes, { wide, whole: ['shall answer', 'servers do', 'state'] });
}

/** One managed name with every authoritative server's last answer. */
export function bindingDetail(pool: string, one: BindingStatus, credential: string, colour: boolean): string {
  const pairs: [string, string][] = [
    ['name', `${one.name} (${one.id}), ${one.type}`],
    ['zone', one.zone],
    ['credential', clean(credential)],
    ['TTL', ttlText(one)],
    ['clients', one.ttlSentence],
    ['proxied', proxiedText(one)],
    ['state', stateText(one, colour)],
    ['shall answer', shallAnswer(one, one.publishedEpoch)],
    ['epoch', String(one.publishedEpoch)],
    ['last report', one.changedAt === null ? 'none yet' : localTime(one.changedAt)],
  ];
  const servers = one.published.length === 0 ? noAnswers(pool, one) : answerTable(one.published);
  return [[facts(pairs), ...errorOf(one), ...driftOf(one)].join('\n'), servers].join('\n\n');
}

type Wished = Pick<BindingStatus, 'type' | 'desiredAddress'>;

/** What a record shall answer. */
export function shallAnswer(one: Wished, publishedEpoch: number): string {
  if (isWithdrawn(one, publishedEpoch)) return 'no record: the active member has no IPv6 address';
  return one.desiredAddress ?? 'nothing yet';
}

/** An AAAA goes with a member that has no IPv6 address (R20); before its first write none is wished. */
function isWithdrawn({ type, desiredAddress }: Wished, publishedEpoch: number): boolean {
  return desiredAddress === null && type === 'AAAA' && publishedEpoch > 0;
}

/** What each authoritative server answered last. */
export function answerTable(published: readonly Answer[]): string {
  const rows = published.map((answer) => [answer.server, answer.ok ? 'yes' : 'no', answered(answer)]);
  return table(['server', 'right', 'answered last'], rows);
}

/** Only the verifier's reports carry answers; a later report without any replaces them. */
function noAnswers(pool: string, { state, name }: BindingStatus): string {
  if (state === 'idle') return 'No server was asked yet.';
  return `The last report carries no server’s answer. Ask them now: serverctl dns test ${pool} ${name}`;
}

/** What the record held when somebody else’s change was found; a later change by the same hand is seen by `dns test`. */
function driftOf({ drift }: BindingStatus): readonly string[] {
  return drift === null ? [] : [`Since ${localTime(drift.since)} ${clean(drift.sentence)}`];
}

/** The wish, and what the provider makes of it where that is something else. */
function ttlText({ ttlSeconds, effectiveTtlSeconds, proxied, edge }: BindingStatus): string {
  if (proxied ?? edge === 'answers') return `${ttlSeconds} s, proxied`;
  if (effectiveTtlSeconds === null || effectiveTtlSeconds === ttlSeconds) return `${ttlSeconds} s`;
  return `${effectiveTtlSeconds} s (${ttlSeconds} s wished)`;
}

function proxiedText({ proxied, edge }: BindingStatus): string {
  if (proxied === null) return edge === 'answers' ? 'as it is: the provider’s edge answers' : 'as it is';
  return proxied ? 'on' : 'off';
}

function stateText({ state }: BindingStatus, colour: boolean): string {
  return tinted(state, state === 'published' ? 'good' : 'careful', colour);
}

function errorOf({ error }: BindingStatus): readonly string[] {
  return error === null ? [] : [`${clean(error.message)} ${clean(error.remedy)}`];
}

type Answer = BindingStatus['published'][number];

function answered({ error, addresses }: Answer): string {
  return clean(error ?? (addresses.join(', ') || 'no record'));
}

function answerText(answer: Answer): string {
  return `${answer.server}: ${answered(answer)}`;
}
