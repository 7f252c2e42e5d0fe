import type { PoolView } from '@serverctl/contract';
import { Link } from '@tanstack/react-router';

/** The pages of a pool, as far as there are any. */
export function PoolTabs({ pool }: { readonly pool: PoolView }) {
  const params = { pool: pool.id };
  const on = { 'aria-current': 'page' as const };
  return (
    <nav className="tabs" aria-label="Pages of this pool">
      <Link to="/pools/$pool" params={params} activeOptions={{ exact: true, includeSearch: false }} activeProps={on}>
        Overview
      </Link>
      <Link to="/pools/$pool/members" params={params} activeProps={on}>
        Members<span className="n">{pool.status.members.length}</span>
      </Link>
      <Link to="/pools/$pool/dns" params={params} activeProps={on}>
        DNS
      </Link>
      <Link to="/pools/$pool/settings" params={params} activeProps={on}>
        Settings
      </Link>
    </nav>
  );
}
