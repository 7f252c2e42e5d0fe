import type { BindingStatus } from '@serverctl/contract';
import { clean, facts, table } from './table.ts';
import { localTime, tinted } from './words.ts';

/** One line a managed name; below it the servers that do not answer what they shall, and the error. */
export function bindingTable(bindings: readonly BindingStatus[], colour: boolean, { wide = false } = {}): string {
  const rows = bindings.map((one) => [
    one.name,
    ...(wide ? [one.zone, one.id] : []),
    one.desiredAddress ?? '-',
    one.published.length === 0 ? '-' : `${one.published.filter(({ ok }) => ok).length} of ${one.published.length}`,
    stateText(one, colour),
    `${one.ttlSeconds} s`,
  ]);
  const notes = bindings.map((one) => [...errorOf(one), ...one.published.filter(({ ok }) => !ok).map(answerText)]);
  const head = ['name', ...(wide ? ['zone', 'id'] : []), 'shall answer', 'servers do', 'state', 'TTL'];
  return table(head, rows, notes, { wide, whole: ['shall answer', 'servers do', 'state'] });
}

/** One managed name with every authoritative server's last answer. */
export function bindingDetail(one: BindingStatus, credential: string, colour: boolean): string {
  const pairs: [string, string][] = [
    ['name', `${one.name} (${one.id}), ${one.type}`],
    ['zone', one.zone],
    ['credential', clean(credential)],
    ['TTL', `${one.ttlSeconds} s`],
    ['state', stateText(one, colour)],
    ['shall answer', one.desiredAddress ?? 'nothing yet'],
    ['epoch', String(one.publishedEpoch)],
    ['changed', one.changedAt === null ? 'never' : localTime(one.changedAt)],
  ];
  const answers = one.published.map((answer) => [answer.server, answer.ok ? 'yes' : 'no', answered(answer)]);
  const servers =
    answers.length === 0 ? 'No server was asked yet.' : table(['server', 'right', 'answered last'], answers);
  return [[facts(pairs), ...errorOf(one)].join('\n'), servers].join('\n\n');
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
