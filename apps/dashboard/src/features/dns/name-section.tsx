import type { BindingStatus, PoolView } from '@serverctl/contract';
import { ActLink } from '../../ui/act-link.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { StateWord } from '../../ui/state.tsx';
import { Tag } from '../../ui/tag.tsx';
import { RecordNow, useRecordNow } from './record-now.tsx';
import { RecordTrouble } from './record-trouble.tsx';
import { ResolverAnswers } from './resolver-answers.tsx';
import { ServerAnswers } from './server-answers.tsx';
import { Since } from './since.tsx';
import { bindingStateWords, type NameRecords } from './words.ts';

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
  const { type, state, changedAt, ttlSentence } = record;
  const { shape, word } = bindingStateWords[state];
  const read = useRecordNow({ pool, record });
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
      <RecordNow pool={pool} record={record} read={read} />
      <ServerAnswers pool={pool} record={record} read={read.data} />
      <p className="small dim">{ttlSentence}</p>
    </div>
  );
}
