import type { PoolView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { meQuery } from '../../lib/queries.ts';
import { Note } from '../../ui/note.tsx';
import { notesOf, type Way } from './notes.ts';
import { Until } from './until.tsx';
import { whyNot } from './why-not.ts';

/** What keeps the pool from moving by itself, or waits for a person: the server's sentence, and the act that helps. */
export function PoolNote({ pool }: { readonly pool: PoolView }) {
  return (
    <div className="pool-notes" role="status">
      {notesOf(pool).map(({ key, shape, title, until, sentence, ways }) => (
        <Note key={key} shape={shape}>
          <div className="pool-note">
            <div className="grow">
              <b>{title}</b>
              {until !== undefined && (
                <>
                  {' '}
                  until <Until at={until} />
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
  );
}

function WayLink({ pool, way }: { readonly pool: PoolView; readonly way: Way }) {
  const { data: me } = useQuery(meQuery);
  const params = { pool: pool.id };
  if (way.page !== undefined)
    return (
      <Link className="btn tiny" to={way.page === 'dns' ? '/pools/$pool/dns' : '/pools/$pool/members'} params={params}>
        {way.word}
      </Link>
    );
  const { act, word } = way;
  const why = whyNot(act, pool, me);
  if (why !== null)
    return (
      <button type="button" className="btn tiny" aria-disabled="true" title={why}>
        {word}
      </button>
    );
  return (
    <Link className="btn tiny" to="." search={(all) => ({ ...all, act })} resetScroll={false}>
      {word}
    </Link>
  );
}
