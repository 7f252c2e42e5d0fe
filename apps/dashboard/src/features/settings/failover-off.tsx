import type { PoolView } from '@serverctl/contract';
import { activeOf } from '../../lib/pool/names.ts';
import { Part } from '../../ui/dialog.tsx';
import { Sum, Sums } from './sums.tsx';

/** What no longer happens, and what does. */
export function FailoverOff({ pool }: { readonly pool: PoolView }) {
  const who = activeOf(pool)?.hostname ?? 'the active member';
  return (
    <Part title="What no longer happens">
      <Sums>
        <Sum shape="needs-you">If {who} fails, its record stays until a person makes another member active.</Sum>
        {pool.failback.policy === 'automatic' && (
          <Sum shape="needs-you">Automatic failback does nothing either, however healthy the preferred member is.</Sum>
        )}
        <Sum shape="healthy">Members are watched and alerts are sent as before; switchovers by hand work.</Sum>
        {pool.dynamicDns && (
          <Sum shape="not-applicable">Dynamic DNS has a switch of its own, and stays on for the active member.</Sum>
        )}
      </Sums>
    </Part>
  );
}
