import type { PoolView } from '@serverctl/contract';
import { activeOf, nextOf, standbysOf } from '../../lib/pool/names.ts';
import { countText } from '../../lib/words.ts';
import { RecordChange } from '../../ui/act-dialog.tsx';
import { Part } from '../../ui/dialog.tsx';
import { CheckField } from '../../ui/field.tsx';
import { Note } from '../../ui/note.tsx';
import { moveLines, movesNowFrom, stopsOf } from './failover-words.ts';
import type { Target } from './failover-yes.ts';
import { Sum, Sums } from './sums.tsx';
import type { Yes } from './use-yes.ts';

interface FailoverOnProps {
  readonly pool: PoolView;
  /** Where switching on moves the records at once; null = nowhere. */
  readonly target: Target | null;
  readonly yes: Yes;
}

/** What switching it on means now, and what follows later. */
export function FailoverOn({ pool, target, yes }: FailoverOnProps) {
  const lost = movesNowFrom(pool);
  const to = target?.to ?? null;
  const lines = moveLines(pool, to);
  return (
    <>
      {target !== null && (
        <>
          <Note shape="needs-you" alert>
            <b>{to === null ? 'This will move as soon as a standby is ready.' : 'This will move now.'}</b>{' '}
            {lost?.healthSentence ?? pool.status.sentence}
          </Note>
          {lines.length > 0 && <RecordChange lines={lines} />}
          <CheckField
            label={`Yes, move the records to ${to === null ? 'the first standby that is ready' : `${to} at once`}`}
            hint="As soon as a standby may take over, and the limits against flapping let it."
            checked={yes.isGiven}
            disabled={yes.isJustAsked}
            onChecked={yes.give}
          />
        </>
      )}
      <Part title="What happens from then on">
        <Sums>
          <Sum shape="healthy">{whenItActs(pool)}</Sum>
          <Takeover pool={pool} />
          <Sum shape="not-applicable">
            Clients are back after about <b>{pool.status.clientsBackSeconds} s</b>: the failover delay, and the TTL that
            they hold the old answer for.
          </Sum>
          {pool.status.bindings.map(({ id, name, type, ttlSentence }) => (
            <Sum key={id} shape="not-applicable">
              <span className="mono">
                {name} {type}
              </span>
              : {ttlSentence}
            </Sum>
          ))}
          {stopsOf(pool).map((stop) => (
            <Sum key={stop} shape="needs-you">
              {stop}
            </Sum>
          ))}
        </Sums>
      </Part>
    </>
  );
}

function whenItActs(pool: PoolView): string {
  const who = activeOf(pool)?.hostname ?? 'the active member';
  const silent = `${who} is silent for ${pool.failoverDelaySeconds} s`;
  const haproxy =
    pool.preset === 'haproxy' ? `, or its HAProxy is inactive for longer than ${pool.haproxyGraceSeconds} s` : '';
  return `It acts when ${silent}${haproxy}.`;
}

function Takeover({ pool }: { readonly pool: PoolView }) {
  const next = nextOf(pool);
  const standbys = standbysOf(pool);
  if (next === null)
    return (
      <Sum shape="needs-you">
        No standby is ready now. Then the record stays, and the first to be ready is promoted.
      </Sum>
    );
  const ready = standbys.filter((one) => one.ready).length;
  return (
    <Sum shape="healthy">
      {next.hostname} would take over; {ready} of {countText(standbys.length, 'standby', 'standbys')} ready.
    </Sum>
  );
}
