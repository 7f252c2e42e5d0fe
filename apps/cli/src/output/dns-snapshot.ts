import type { SnapshotName, SnapshotPool, SnapshotStep } from '@serverctl/contract';
import { type AppError, durationText } from '@serverctl/core';
import { answerTable, shallAnswer } from './binding.ts';
import { settingsText } from './dns-credential.ts';
import { clean, facts } from './table.ts';
import { hanging } from './width.ts';
import { localTime, tinted } from './words.ts';

/** Whose silence it is, and of when what is shown instead is. */
export interface Silence {
  readonly url: string;
  readonly error: AppError;
  readonly file: string;
  readonly writtenAt: string;
  readonly ageMs: number;
}

/** What was last known of a pool's names and how to move each by hand, under a line that says that it is from the past. */
export function snapshotText(
  silence: Silence,
  pool: SnapshotPool,
  names: readonly SnapshotName[],
  colour: boolean,
): string {
  return [
    hanging(tinted(silenceLine(silence), 'careful', colour), 0),
    poolFacts(pool, silence),
    ...names.flatMap((name) => [nameFacts(name), answersText(name), manualText(name)]),
  ].join('\n\n');
}

/** Without colour, since scripts may look for it. */
function silenceLine({ url, error, ageMs }: Silence): string {
  const why = error.details['because'] ?? error.details['status'];
  const who =
    error.code === 'database_unavailable'
      ? `The control plane at ${url} answers, but its database does not`
      : `The control plane at ${url} does not answer`;
  const because = why === undefined || why === null ? '' : ` (${clean(String(why))})`;
  return `${who}${because}. What follows is its own copy of the records, ${durationText(ageMs)} old: what changed since is not in it.`;
}

function poolFacts(pool: SnapshotPool, { file, writtenAt }: Silence): string {
  const { members, activeMemberId, paused } = pool;
  const of = (one: (typeof members)[number]) =>
    `${clean(one.hostname)}, ${[one.address, one.address6].filter((address) => address !== null).join(', ') || 'no address'}`;
  const active = members.find(({ id }) => id === activeMemberId);
  const standbys = members.filter(({ id }) => id !== activeMemberId).map(of);
  return facts([
    ['copy', `${clean(file)}, written ${localTime(writtenAt)}`],
    ['pool', `${clean(pool.name)} (${pool.id}), epoch ${pool.epoch}`],
    ['paused', paused === null ? 'no' : clean(`since ${localTime(paused.since)}: ${paused.sentence}`)],
    ['active', active === undefined ? 'nobody' : of(active)],
    ['others', standbys.length === 0 ? 'none' : standbys.join('; ')],
  ]);
}

function nameFacts(one: SnapshotName): string {
  const { acknowledged, settings } = one;
  const when = acknowledged?.at == null ? '' : `, ${localTime(acknowledged.at)}`;
  return facts([
    ['name', `${one.name} (${one.id}), ${one.type}`],
    ['zone', one.zone],
    ['TTL', `${one.ttlSeconds} s`],
    ['provider', settingsText(settings)],
    ['state', one.error === null ? one.state : `${one.state}: ${clean(one.error.message)}`],
    ['shall answer', shallAnswer(one, acknowledged?.epoch ?? 0)],
    [
      'acknowledged',
      acknowledged === null
        ? 'nothing yet'
        : `${acknowledged.address ?? 'no address'}, epoch ${acknowledged.epoch}${when}`,
    ],
    ['mark', one.mark ?? 'none'],
    ['last report', one.changedAt === null ? 'none yet' : localTime(one.changedAt)],
  ]);
}

function answersText({ published }: SnapshotName): string {
  return published.length === 0 ? 'No server’s answer is in the last report.' : answerTable(published);
}

/** The steps by number; lines to copy begin at the margin and are never broken. */
export function manualText({ name, manualSteps }: { name: string; manualSteps: readonly SnapshotStep[] }): string {
  const steps = manualSteps.map(({ text, commands }, place) => {
    const number = `${place + 1}. `;
    const words = `${number}${hanging(clean(text), number.length)}`;
    return commands.length === 0 ? words : `${words}\n\n${commands.map(clean).join('\n')}`;
  });
  return [`${name} by hand:`, ...steps].join('\n\n');
}
