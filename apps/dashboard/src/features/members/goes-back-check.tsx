import type { MemberView, PoolView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { CheckField } from '../../ui/field.tsx';
import { goesBackBy, type Ordered, ordersRecords } from './goes-back.ts';
import { membersQuery } from './queries.ts';

/** A yes to the records that a priority in a form moves later (R12), and why the form cannot be sent without it. `change` is null where the form changes none. */
export function useGoesBackCheck(
  pool: PoolView,
  change: ((members: readonly MemberView[]) => readonly Ordered[]) | null,
): { readonly check: ReactNode; readonly lack: string | null } {
  const { data: members } = useQuery(membersQuery(pool.id));
  // The sentence that was agreed to: another one is another move.
  const [agreed, setAgreed] = useState<string | null>(null);
  if (change === null || !ordersRecords(pool)) return { check: null, lack: null };
  if (members === undefined) return { check: null, lack: 'The order of the others is not read yet.' };
  const goesBack = goesBackBy(pool, members, change(members));
  if (goesBack === null) return { check: null, lack: null };
  const { sentence } = goesBack;
  const check = (
    <div className="mt-3">
      <CheckField
        label={sentence}
        hint="This priority puts it before the active member. Tick this if that is meant."
        checked={agreed === sentence}
        onChecked={(isAgreed) => setAgreed(isAgreed ? sentence : null)}
      />
    </div>
  );
  return { check, lack: agreed === sentence ? null : 'It moves records: say yes to that.' };
}
