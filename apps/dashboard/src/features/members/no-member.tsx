import { usePool } from '../../lib/pool/use-pool.ts';
import { ActLink } from '../../ui/act-link.tsx';
import { Box } from '../../ui/box.tsx';

/** A pool without members: what they are for, and the one action. */
export function NoMember() {
  const host = usePool().preset === 'haproxy' ? 'a Linux host with HAProxy' : 'a Linux host';
  return (
    <Box className="roster-none">
      <svg viewBox="0 0 220 64" aria-hidden="true">
        <path d="M60 32H86M134 32C150 32 144 14 160 14M134 32C150 32 144 50 160 50" />
        <rect x="1" y="20" width="58" height="24" rx="6" />
        <rect x="87" y="20" width="46" height="24" rx="6" />
        <rect className="d" x="161" y="2" width="58" height="24" rx="6" />
        <rect className="d" x="161" y="38" width="58" height="24" rx="6" />
      </svg>
      <h2>No member yet</h2>
      <p>
        A member is {host} that this pool can send clients to. Two make failover possible, three survive a failure
        during maintenance.
      </p>
      <ActLink act="add-member" kind="prime">
        Add member
      </ActLink>
    </Box>
  );
}
