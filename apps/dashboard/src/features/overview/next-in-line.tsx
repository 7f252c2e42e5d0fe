import type { PoolView } from '@serverctl/contract';
import { Link } from '@tanstack/react-router';
import { standbysOf } from '../../lib/pool/names.ts';
import { readinessWords } from '../../lib/pool/standby-words.ts';
import { EmptyState } from '../../ui/absent.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { StateWord } from '../../ui/state.tsx';

const mostShown = 5;
const nobody = Number.POSITIVE_INFINITY;

/** Who would take over, in order; those who cannot come last, with the reason. */
export function NextInLine({ pool }: { readonly pool: PoolView }) {
  const standbys = standbysOf(pool).toSorted((a, b) => (a.place ?? nobody) - (b.place ?? nobody));
  return (
    <Section
      id="next"
      title="Next in line"
      aside={
        standbys.length > 1 && (
          <Link className="more" to="/pools/$pool/members" params={{ pool: pool.id }}>
            {standbys.length > mostShown ? `All ${standbys.length}` : 'Change order'}
          </Link>
        )
      }
    >
      <Box className="pad">
        {standbys.length === 0 ? (
          <EmptyState title="Nobody">
            {pool.status.members.length === 0
              ? 'Nobody can take over where there is no member.'
              : 'A pool of one member cannot fail over. Add a second host.'}
          </EmptyState>
        ) : (
          <ol className="list nil">
            {standbys.slice(0, mostShown).map((member) => {
              const { shape, word } = readinessWords(member);
              return (
                <li key={member.id}>
                  <span className="rank">{member.place ?? '–'}</span>
                  <div className="grow">
                    <div className="row">
                      <Link
                        className="quiet strong cut"
                        to="/pools/$pool/members/$member"
                        params={{ pool: pool.id, member: member.id }}
                        title={member.hostname}
                      >
                        {member.hostname}
                      </Link>
                      <StateWord shape={shape} className="small">
                        {word}
                      </StateWord>
                    </div>
                    <div className="small dim">{member.standingSentence}</div>
                  </div>
                </li>
              );
            })}
          </ol>
        )}
      </Box>
    </Section>
  );
}
