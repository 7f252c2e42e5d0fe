import type { BindingStatus, PoolView, PromotionView } from '@serverctl/contract';
import { Link } from '@tanstack/react-router';
import { Globe } from 'lucide-react';
import { isBehindEdge } from '../../lib/pool/edge.ts';
import { isBehind } from '../../lib/pool/names.ts';
import { StateShape } from '../../ui/state.tsx';
import { isUnwritten, type LeftBehind, type Now } from './left-behind.ts';

export interface FlowNameProps {
  readonly pool: PoolView;
  readonly left: LeftBehind | null;
  readonly now: Now;
  readonly last: PromotionView | null;
  readonly record: string | undefined;
  readonly onRecord: (id: string) => void;
}

/** The name as it shall answer, and what each authoritative server says of it. Of several records one is shown, and the others can be. */
export function FlowName({ pool, left, now, last, record, onRecord }: FlowNameProps) {
  const { bindings } = pool.status;
  const shown = bindings.find(({ id }) => id === record) ?? bindings[0];
  if (shown === undefined)
    return (
      <div className="fnode ghost">
        <div className="row">
          <Globe size={16} strokeWidth={1.75} aria-hidden="true" />
          <Link to="/pools/$pool/dns" params={{ pool: pool.id }}>
            No name yet
          </Link>
        </div>
        <div className="small dim mt-1">the name that clients use</div>
      </div>
    );
  const until = left?.cachedUntilMs ?? null;
  const leftSeconds = until === null ? 0 : Math.ceil((until - now.serverMs) / 1_000);
  const isAsked = left !== null && isUnwritten(shown, pool, last);
  const old = isAsked || leftSeconds > 0 ? oldAddress(pool, shown, last) : null;
  return (
    <div className="fnode">
      <div className="row strong">
        <Globe size={16} strokeWidth={1.75} aria-hidden="true" />
        <Link className="mono cut quiet" to="/pools/$pool/dns" params={{ pool: pool.id }} title={shown.name}>
          {shown.name}
        </Link>
      </div>
      {bindings.length > 1 && <Records bindings={bindings} shown={shown} onRecord={onRecord} />}
      {isAsked && old !== null ? (
        <div className="rec mono">
          {shown.type}&ensp;{old}
          <div className="small text-warn">to be {shown.desiredAddress ?? 'nothing'}</div>
        </div>
      ) : (
        <div className="rec mono">
          {old !== null && (
            <s className="small dimmer">
              {shown.type}&ensp;{old}
            </s>
          )}
          {shown.type}&ensp;{shown.desiredAddress ?? 'nothing yet'}
        </div>
      )}
      <div className="small dim">
        {answeredText(shown)}
        {leftSeconds > 0 && (
          <>
            {' · '}
            <b className="strong text-warn">{leftSeconds} s left in caches</b>
          </>
        )}
      </div>
      {shown.published.length > 0 && (
        <ul className="ns fnode-foot">
          {shown.published.map((answer, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one server may be listed by several addresses, and never moves
            <Server key={`${answer.server} ${index}`} answer={answer} isOld={isBehind(pool, shown)} />
          ))}
        </ul>
      )}
    </div>
  );
}

/** Behind the edge no client sees the record’s TTL. */
function answeredText(record: BindingStatus): string {
  if (isBehindEdge(record)) return 'proxied';
  const ttl = `TTL ${record.effectiveTtlSeconds ?? record.ttlSeconds} s`;
  return record.proxied === false ? `${ttl} · DNS only` : ttl;
}

/** What caches may still give: the address of whoever was active before; null where that is the same or not known any more. */
function oldAddress(
  pool: PoolView,
  { type, desiredAddress }: BindingStatus,
  last: PromotionView | null,
): string | null {
  const from = pool.status.members.find(({ id }) => id === last?.fromMemberId);
  const address = (type === 'A' ? from?.address : from?.address6) ?? null;
  return address === desiredAddress ? null : address;
}

interface RecordsProps {
  readonly bindings: readonly BindingStatus[];
  readonly shown: BindingStatus;
  readonly onRecord: (id: string) => void;
}

function Records({ bindings, shown, onRecord }: RecordsProps) {
  return (
    <select
      className="input records"
      aria-label="Record that is shown"
      value={shown.id}
      onChange={({ target }) => onRecord(target.value)}
    >
      {bindings.map(({ id, name, type }, index) => (
        <option key={id} value={id}>
          {index + 1} of {bindings.length}: {name} {type}
        </option>
      ))}
    </select>
  );
}

interface ServerProps {
  readonly answer: BindingStatus['published'][number];
  /** It answered before the record was to be another. */
  readonly isOld: boolean;
}

/** By its first label, which is how people call them; the whole, and what it answered, in the title. */
function Server({ answer: { server, ok, error, addresses }, isOld }: ServerProps) {
  const says = error ?? (addresses.length === 0 ? 'answers nothing' : `answers ${addresses.join(', ')}`);
  return (
    <li title={`${server}: ${says}`}>
      <StateShape shape={isOld ? 'running' : ok ? 'healthy' : error === null ? 'needs-you' : 'unknown'} />
      {shortName(server)}
      <span className="vh">{says}</span>
    </li>
  );
}

/** An address stays whole. */
const shortName = (server: string): string => (/^[\d.]+$|:/.test(server) ? server : (server.split('.')[0] ?? server));
