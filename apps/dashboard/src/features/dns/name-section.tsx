import type { BindingStatus, PoolView } from '@serverctl/contract';
import { Box, Section } from '../../ui/box.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { StateWord } from '../../ui/state.tsx';
import { Tag } from '../../ui/tag.tsx';
import { ActLink } from './act-link.tsx';
import { RecordNow } from './record-now.tsx';
import { RecordTrouble } from './record-trouble.tsx';
import { ResolverAnswers } from './resolver-answers.tsx';
import { Since } from './since.tsx';
import { addressesText, bindingStateWords, type NameRecords, ownerOf } from './words.ts';

export interface NameSectionProps {
  readonly pool: PoolView;
  readonly named: NameRecords;
  /** Why it cannot be changed; null = it can. */
  readonly why: string | null;
}

/** One managed name: its A, its AAAA, what stands in the way, and what clients have of it. */
export function NameSection({ pool, named, why }: NameSectionProps) {
  const { name, zone, records } = named;
  const titleId = `name-${name}`;
  return (
    <Section
      id={titleId}
      title={name}
      hint={`in ${zone}`}
      className="dns-name"
      aside={
        <span className="more row">
          <ActLink act="edit-name" name={name} size="tiny" why={why}>
            Change…
          </ActLink>
          <ActLink act="remove-name" name={name} size="tiny" why={why}>
            Remove…
          </ActLink>
        </span>
      }
    >
      <Box>
        {records.map((record) => (
          <RecordPart key={record.id} pool={pool} record={record} />
        ))}
        <ResolverAnswers pool={pool} name={name} />
      </Box>
    </Section>
  );
}

function RecordPart({ pool, record }: { readonly pool: PoolView; readonly record: BindingStatus }) {
  const { type, state, changedAt, published, ttlSentence } = record;
  const { shape, word } = bindingStateWords[state];
  return (
    <div className="rec-part">
      <div className="row wrap">
        <Tag>{type === 'A' ? 'A · IPv4' : 'AAAA · IPv6'}</Tag>
        <StateWord shape={shape}>{word}</StateWord>
        <span className="small dimmer">
          {changedAt === null ? (
            'no report yet'
          ) : (
            <>
              last report <Since at={changedAt} /> ago
            </>
          )}
        </span>
      </div>
      <RecordTrouble pool={pool} record={record} />
      <RecordNow pool={pool} record={record} />
      {published.length === 0 ? (
        <p className="small dim">{state === 'idle' ? 'No server was asked yet.' : noAnswers}</p>
      ) : (
        <DataTable
          caption={`What each name server answers for the ${type} of ${record.name}`}
          columns={columnsFor(pool, record)}
          rows={published}
          keyOf={({ server }) => server}
          className="answers-of"
        />
      )}
      <p className="small dim">{ttlSentence}</p>
    </div>
  );
}

const noAnswers = 'The last report carries no server’s answer. “Read it now” asks them.';

type Answer = BindingStatus['published'][number];

function columnsFor(pool: PoolView, { changedAt }: BindingStatus): readonly Column<Answer>[] {
  return [
    { title: 'Name server', cell: ({ server }) => <span className="mono">{server}</span> },
    { title: 'As it should be', cell: (answer) => <AnswerWord answer={answer} /> },
    { title: 'Answers', isWide: true, cell: (answer) => <Answered pool={pool} answer={answer} /> },
    {
      title: 'Asked',
      isNumber: true,
      cell: () =>
        changedAt === null ? (
          '–'
        ) : (
          <>
            <Since at={changedAt} /> ago
          </>
        ),
    },
  ];
}

/** Silence is not a wrong answer. */
function AnswerWord({ answer: { ok, error } }: { readonly answer: Answer }) {
  if (ok)
    return (
      <StateWord shape="healthy" calm>
        Yes
      </StateWord>
    );
  return error === null ? (
    <StateWord shape="needs-you">No</StateWord>
  ) : (
    <StateWord shape="unknown">No answer</StateWord>
  );
}

function Answered({ pool, answer: { addresses, error } }: { readonly pool: PoolView; readonly answer: Answer }) {
  if (error !== null) return <span className="wrap-anywhere">{error}</span>;
  const [only] = addresses;
  const owner = only === undefined || addresses.length > 1 ? null : ownerOf(pool, only);
  return (
    <span className="wrap-anywhere">
      <span className="mono">{addressesText(addresses)}</span>
      {owner !== null && <span className="dim"> {owner}</span>}
    </span>
  );
}
