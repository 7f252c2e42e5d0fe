import type { MemberView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { utcText } from '../../lib/words.ts';
import { Copy } from '../../ui/copy.tsx';
import { progressQuery } from './queries.ts';

/** What was set for it, and what its agent says of itself. */
export function MemberFacts({ poolId, view }: { readonly poolId: string; readonly view: MemberView }) {
  const { data } = useQuery(progressQuery(poolId, view.id, false));
  const { status, template, previousHostname } = view;
  return (
    <dl className="kv facts">
      <dt>Key</dt>
      <dd>
        {data?.key == null ? (
          data === undefined ? (
            '–'
          ) : (
            'not enrolled'
          )
        ) : (
          <Copy text={data.key.fingerprint} name="the fingerprint of its key" />
        )}
      </dd>
      {data?.key != null && (
        <>
          <dt>Enrolled</dt>
          <dd>{utcText(data.key.enrolledAt)}</dd>
        </>
      )}
      <dt>Agent</dt>
      <dd>{data === undefined ? '–' : (data.heard?.agentVersion ?? 'not heard under this key')}</dd>
      <dt>Seen from</dt>
      <dd className="mono">{data?.heard?.from ?? '–'}</dd>
      <dt>May call from</dt>
      <dd className="mono">
        {view.allowedEgress.map((entry) => (
          <div key={entry}>{entry}</div>
        ))}
      </dd>
      <dt>Public IPv4</dt>
      <dd>
        <Address set={view.publicIpv4} used={status.address} />
      </dd>
      <dt>Public IPv6</dt>
      <dd>
        <Address set={view.publicIpv6} used={status.address6} />
      </dd>
      <dt>Role</dt>
      <dd>{template === 'haproxy-balancer' ? 'HAProxy balancer' : 'Linux server'}</dd>
      <dt>Priority</dt>
      <dd>{view.priority}, the lowest ready one takes over</dd>
      <dt>Zone</dt>
      <dd>{view.zone}</dd>
      <dt>Units</dt>
      <dd>
        <span className="mono">{view.units.join(' ')}</span>
        <div className="dim">{view.monitored ? 'count as health' : 'do not count as health'}</div>
      </dd>
      {previousHostname !== null && (
        <>
          <dt>Was called</dt>
          <dd>
            <span className="mono">{previousHostname.hostname}</span>, accepted until {utcText(previousHostname.until)}
          </dd>
        </>
      )}
      <dt>Added</dt>
      <dd>{utcText(view.createdAt)}</dd>
    </dl>
  );
}

function Address({ set, used }: { readonly set: string | null; readonly used: string | null }) {
  if (used === null) return <span className="dimmer">none</span>;
  return (
    <>
      <span className="mono">{used}</span>
      {set === null && <div className="dim">as reported or seen</div>}
    </>
  );
}
