import type { PoolView } from '@serverctl/contract';
import { healthWords, poolStateWords } from '../../lib/pool/health-words.ts';
import { longDownOf, longDownText } from '../../lib/pool/long-down.ts';
import type { Shape } from '../../ui/state.tsx';
import type { PoolAct } from './why-not.ts';

/** Where a note leads: a dialog, or a page of the pool. */
export type Way = { readonly word: string } & (
  | { readonly act: PoolAct; readonly page?: never }
  | { readonly page: 'dns' | 'members'; readonly act?: never }
  | { readonly page: 'member'; readonly member: string; readonly act?: never }
);

/** What keeps a pool from moving by itself, or needs a person. */
export interface PoolNoteWords {
  readonly key: string;
  readonly shape: Shape;
  readonly title: string;
  /** The server's. */
  readonly sentence: string;
  /** Of a maintenance. */
  readonly until?: string;
  readonly ways: readonly Way[];
}

type State = PoolView['status']['state'];

const waysOf: Partial<Readonly<Record<State, readonly Way[]>>> = {
  braked: [{ word: 'Release the brakes…', act: 'brakes' }],
  drift: [
    { word: 'Repair…', act: 'repair' },
    { word: 'Adopt…', act: 'adopt' },
  ],
  blocked: [{ word: 'Look at DNS', page: 'dns' }],
  partial: [{ word: 'Look at the name servers', page: 'dns' }],
  'no-standby': [{ word: 'Look at the members', page: 'members' }],
  'nobody-heard': [{ word: 'Look at the members', page: 'members' }],
  blind: [],
};

/** What a person decided or has to, before what was judged; nothing for a pool that does well. */
export function notesOf(pool: PoolView): readonly PoolNoteWords[] {
  const { paused, maintenance, held, status } = pool;
  const { shape, word } = poolStateWords[status.state];
  const ways = waysOf[status.state];
  return [
    ...(paused === null ? [] : [noteOf('paused', paused.sentence, [{ word: 'Resume…', act: 'resume' }])]),
    ...(maintenance === null ? [] : [maintenanceNote(maintenance)]),
    ...(held
      ? [
          noteOf(
            'held',
            status.state === 'held' ? status.sentence : 'Nothing fails over by itself until a person acknowledges.',
            [{ word: 'Acknowledge…', act: 'ack' }],
          ),
        ]
      : []),
    ...driftNote(pool),
    ...(ways === undefined || status.state === 'drift'
      ? []
      : [{ key: status.state, shape, title: word, sentence: status.sentence, ways }]),
    ...standbyNotes(pool),
  ];
}

/** Of a pool that does well without them: where it does not, that says more. */
function standbyNotes(pool: PoolView): readonly PoolNoteWords[] {
  if (pool.status.state !== 'calm' && pool.status.state !== 'setup') return [];
  return longDownOf(pool).map((member) => ({
    key: `down ${member.id}`,
    shape: healthWords[member.health].shape,
    title: longDownText([member]),
    sentence: member.healthSentence,
    ways: [{ word: `Look at ${member.hostname}`, page: 'member', member: member.id }],
  }));
}

/** By its names, since a pool with drift may be in another state as well; while it is paused, resuming asks. */
function driftNote({ paused, status }: PoolView): readonly PoolNoteWords[] {
  const drift = status.bindings.find(({ state }) => state === 'drift')?.drift?.sentence;
  const isState = status.state === 'drift';
  if (paused !== null || (drift === undefined && !isState)) return [];
  return [noteOf('drift', isState ? status.sentence : (drift ?? ''), waysOf.drift ?? [])];
}

function noteOf(state: State, sentence: string, ways: readonly Way[]): PoolNoteWords {
  const { shape, word } = poolStateWords[state];
  return { key: state, shape, title: word, sentence, ways };
}

function maintenanceNote({ until, over, reason }: NonNullable<PoolView['maintenance']>): PoolNoteWords {
  const why = reason === null ? '' : `“${reason}” `;
  const sentence = over
    ? `${why}Its time is over; it holds until the failover loop ends it.`
    : `${why}Nothing moves by itself until then.`;
  return {
    ...noteOf('maintenance', sentence, [
      { word: 'Extend…', act: 'maintenance' },
      { word: 'End now…', act: 'end-maintenance' },
    ]),
    until,
  };
}
