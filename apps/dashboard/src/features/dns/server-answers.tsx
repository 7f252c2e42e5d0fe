import type { BindingStatus, PoolView, TestServer, TestView } from '@serverctl/contract';
import type { ReactNode } from 'react';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { StateWord } from '../../ui/state.tsx';
import { answersOf, type ShownAnswer } from './answers.ts';
import type { Trial } from './queries.ts';
import { Since, SinceHere } from './since.tsx';
import { addressesText, ownerOf } from './words.ts';
import { readOf, wrongAnswer, zoneWordsOf } from './zone-servers.ts';

export interface ServerAnswersProps {
  readonly pool: PoolView;
  readonly record: BindingStatus;
  /** The last read at the provider, which asks the name servers as well. */
  readonly read: Trial | undefined;
}

/** Each authoritative server by itself: of the publisher’s last report, else of the last read. */
export function ServerAnswers({ pool, record, read }: ServerAnswersProps) {
  const { name, type, state, published, changedAt } = record;
  const answers = answersOf(record, read?.test.servers ?? []);
  if (answers.length === 0)
    return (
      <p className="small dim">
        {state === 'idle' ? 'No server was asked yet.' : 'The last report carries no server’s answer.'}
      </p>
    );
  const isReport = published.length > 0;
  const asked = isReport && changedAt !== null ? <Since at={changedAt} /> : null;
  return (
    <DataTable
      caption={`What each name server answers for the ${type} of ${name}`}
      columns={columnsFor(
        pool,
        read?.test.servers ?? [],
        asked ?? (read === undefined ? null : <SinceHere atMs={read.atMs} />),
      )}
      rows={answers}
      keyOf={({ server }) => server}
      className="answers-of stacks"
    />
  );
}

const columnsFor = (pool: PoolView, read: TestView['servers'], age: ReactNode): readonly Column<ShownAnswer>[] => [
  { title: 'Name server', cell: ({ server }) => <span className="mono">{server}</span> },
  { title: 'As it should be', cell: (answer) => <AnswerWord answer={answer} /> },
  ...(read.length === 0
    ? []
    : [{ title: 'Zone', cell: ({ server }: ShownAnswer) => <ZoneOf one={readOf(server, read)} /> }]),
  { title: 'Answers', isWide: true, cell: (answer) => <Answered pool={pool} answer={answer} /> },
  { title: 'Asked', isNumber: true, cell: () => (age === null ? '–' : <span className="nowrap">{age} ago</span>) },
];

/** How far it is with the zone, as the last read found it. */
function ZoneOf({ one }: { readonly one: TestServer | null }) {
  if (one === null) return '–';
  const { shape, word } = zoneWordsOf(one);
  return (
    <span className="nowrap">
      <StateWord shape={shape} calm>
        {word}
      </StateWord>
      {one.serial != null && <span className="dim"> {one.serial}</span>}
    </span>
  );
}

/** Silence is not a wrong answer, and before the first publish none is wrong. */
function AnswerWord({ answer: { ok, error } }: { readonly answer: ShownAnswer }) {
  if (error !== null && wrongAnswer(error) === null) return <StateWord shape="unknown">No answer</StateWord>;
  if (ok === null) return <StateWord shape="not-applicable">Not compared</StateWord>;
  return ok ? (
    <StateWord shape="healthy" calm>
      Yes
    </StateWord>
  ) : (
    <StateWord shape="needs-you">No</StateWord>
  );
}

function Answered({ pool, answer: { addresses, error } }: { readonly pool: PoolView; readonly answer: ShownAnswer }) {
  if (error !== null) return <span className="wrap-anywhere">{wrongAnswer(error) ?? error}</span>;
  const [only] = addresses;
  const owner = only === undefined || addresses.length > 1 ? null : ownerOf(pool, only);
  return (
    <span className="wrap-anywhere">
      <span className="mono">{addressesText(addresses)}</span>
      {owner !== null && <span className="dim"> {owner}</span>}
    </span>
  );
}
