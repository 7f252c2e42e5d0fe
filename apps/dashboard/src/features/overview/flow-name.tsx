import type { BindingStatus, PoolView } from '@serverctl/contract';
import { Globe } from 'lucide-react';
import { countText } from '../../lib/words.ts';
import { StateShape } from '../../ui/state.tsx';

/** The name as it shall answer, and what each authoritative server says of it. */
export function FlowName({ pool }: { readonly pool: PoolView }) {
  const [first, ...others] = pool.status.bindings;
  if (first === undefined)
    return (
      <div className="fnode">
        <div className="row strong">
          <Globe size={16} strokeWidth={1.75} aria-hidden="true" />
          No name yet
        </div>
      </div>
    );
  return (
    <div className="fnode">
      <div className="row strong">
        <Globe size={16} strokeWidth={1.75} aria-hidden="true" />
        <span className="mono cut" title={first.name}>
          {first.name}
        </span>
      </div>
      <div className="rec mono">
        {first.type}&ensp;{first.desiredAddress ?? 'nothing yet'}
      </div>
      <div className="small dim">
        TTL {first.effectiveTtlSeconds ?? first.ttlSeconds} s{first.proxied === true && ' · proxied'}
        {others.length > 0 && ` · and ${countText(others.length, 'record')} more`}
      </div>
      {first.published.length > 0 && (
        <ul className="ns fnode-foot">
          {first.published.map((answer) => (
            <Server key={answer.server} answer={answer} />
          ))}
        </ul>
      )}
    </div>
  );
}

/** By its first label, which is how people call them; the whole, and what it answered, in the title. */
function Server({ answer: { server, ok, error, addresses } }: { readonly answer: BindingStatus['published'][number] }) {
  const says = error ?? (addresses.length === 0 ? 'answers nothing' : `answers ${addresses.join(', ')}`);
  return (
    <li title={`${server}: ${says}`}>
      <StateShape shape={ok ? 'healthy' : error === null ? 'needs-you' : 'unknown'} />
      {shortName(server)}
      <span className="vh">{says}</span>
    </li>
  );
}

/** An address stays whole. */
const shortName = (server: string): string => (/^[\d.]+$|:/.test(server) ? server : (server.split('.')[0] ?? server));
