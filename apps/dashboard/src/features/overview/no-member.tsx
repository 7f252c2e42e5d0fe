import type { PoolView } from '@serverctl/contract';
import { Plus } from 'lucide-react';
import { ActLink } from '../../ui/act-link.tsx';

/** A pool before its first member: what one is, and the way to it. */
export function NoMember({ pool }: { readonly pool: PoolView }) {
  const host = pool.preset === 'haproxy' ? 'a Linux host with HAProxy' : 'a Linux host';
  return (
    <section className="box empty" aria-labelledby="no-member">
      <Silhouette />
      <h2 id="no-member">No member yet</h2>
      <p>
        A member is {host} that this pool can send clients to. Two make failover possible, three survive a failure
        during maintenance.
      </p>
      <ActLink act="add-member" kind="prime">
        <Plus size={14} aria-hidden="true" />
        Add member
      </ActLink>
    </section>
  );
}

/** Clients, a name, and two members that are not there yet. */
function Silhouette() {
  return (
    <svg className="sil" viewBox="0 0 220 64" aria-hidden="true">
      <path d="M60 32H86M134 32C150 32 144 14 160 14M134 32C150 32 144 50 160 50" />
      <rect x="1" y="20" width="58" height="24" rx="6" />
      <rect x="87" y="20" width="46" height="24" rx="6" />
      <rect className="d" x="161" y="2" width="58" height="24" rx="6" />
      <rect className="d" x="161" y="38" width="58" height="24" rx="6" />
    </svg>
  );
}
