import type { PoolView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useStale } from '../../lib/act/use-stale.ts';
import { meQuery } from '../../lib/queries.ts';
import { ActLink } from '../../ui/act-link.tsx';
import { Note } from '../../ui/note.tsx';
import { When } from '../../ui/when.tsx';
import { notesOf, type PoolNoteWords, type Way } from './notes.ts';
import { whyNot } from './why-not.ts';

/** What keeps the pool from moving by itself, or waits for a person: the server's sentence, and the act that helps. */
export function PoolNote({ pool }: { readonly pool: PoolView }) {
  const notes = notesOf(pool);
  return (
    <>
      <div className="pool-notes">
        {notes.map(({ key, shape, title, until, sentence, ways }) => (
          <Note key={key} shape={shape}>
            <div className="pool-note">
              <div className="grow">
                <b>{title}</b>
                {until !== undefined && (
                  <>
                    {' '}
                    until <When at={until} className="strong nowrap" />
                  </>
                )}
                . {sentence}
              </div>
              {ways.length > 0 && (
                <div className="ways">
                  {ways.map((way) => (
                    <WayLink key={way.word} pool={pool} way={way} />
                  ))}
                </div>
              )}
            </div>
          </Note>
        ))}
      </div>
      <Spoken notes={notes} />
    </>
  );
}

/** Readers are told when a note comes or goes; a sentence whose age counts is not said again each second. */
function Spoken({ notes }: { readonly notes: readonly PoolNoteWords[] }) {
  const keys = notes.map(({ key }) => key).join();
  const [said, say] = useState({ keys, text: '' });
  if (said.keys !== keys) say({ keys, text: notes.map(({ title, sentence }) => `${title}. ${sentence}`).join(' ') });
  return (
    <div className="vh" role="status">
      {said.text}
    </div>
  );
}

function WayLink({ pool, way }: { readonly pool: PoolView; readonly way: Way }) {
  const { data: me } = useQuery(meQuery);
  const stale = useStale();
  const params = { pool: pool.id };
  if (way.page === 'member')
    return (
      <Link className="btn tiny" to="/pools/$pool/members/$member" params={{ ...params, member: way.member }}>
        {way.word}
      </Link>
    );
  if (way.page !== undefined)
    return (
      <Link className="btn tiny" to={way.page === 'dns' ? '/pools/$pool/dns' : '/pools/$pool/members'} params={params}>
        {way.word}
      </Link>
    );
  const { act, word } = way;
  const why = whyNot(act, pool, me, stale);
  return (
    <ActLink act={act} why={why} size="tiny">
      {word}
    </ActLink>
  );
}
