import type { GrantView, UserView } from '@serverctl/contract';
import { useState } from 'react';
import { useAct } from '../../lib/act/use-act.ts';
import { peopleApi } from '../../lib/api/people.ts';
import { grantsText } from '../../lib/role-words.ts';
import { ActDialog, type ChangeLine, RecordChange } from '../../ui/act-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { Part } from '../../ui/dialog.tsx';
import { type Place, PlaceFields, withGrant } from './place-fields.tsx';
import { usePoolNames } from './pool-names.ts';
import type { UserActProps } from './user-acts.ts';

/** Roles as they will be, against what was shown: with others by now nothing is changed (`roles_changed`). */
export function RolesDialog({ user, onChanged, onClose }: UserActProps) {
  const nameOf = usePoolNames();
  const [next, setNext] = useState<readonly GrantView[]>(user.grants);
  const [place, setPlace] = useState<Place>({ role: 'viewer', poolIds: null });
  const act = useAct(
    () =>
      peopleApi.grant(user.id, {
        grants: next.map(({ role, poolId }) => ({ role, pool: poolId })),
        expect: user.grants,
      }),
    onChanged,
  );
  const add = () => {
    const given = (place.poolIds ?? [null]).map((poolId) => ({ role: place.role, poolId }));
    setNext(given.reduce(withGrant, next));
  };
  const lines = changesOf(user, next, nameOf);
  const isSame = lines.every(({ sign }) => sign === ' ');
  return (
    <ActDialog
      title={`Change the roles of ${user.email}?`}
      needsReason={false}
      keep="Keep them"
      verb="Change the roles"
      blocked={isSame ? 'They are as they were.' : null}
      act={act}
      done={(changed) => `The roles of ${changed.email} now: ${grantsText(changed.grants, nameOf)}.`}
      onClose={onClose}
    >
      <RecordChange lines={lines} />
      {next.length > 0 && (
        <ul className="acc-rows acc-small" aria-label="Roles as they will be">
          {next.map((grant) => (
            <li key={grant.poolId ?? 'everywhere'}>
              <span className="grow">{grantsText([grant], nameOf)}</span>
              <Button
                size="tiny"
                aria-label={`Take away ${grantsText([grant], nameOf)}`}
                onClick={() => setNext(next.filter((one) => one !== grant))}
              >
                Take away
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Part title="Give a role; one in the same place is replaced">
        <div className="grid gap-4.5">
          <PlaceFields place={place} onPlace={setPlace} />
          <div>
            <Button disabled={place.poolIds?.length === 0} onClick={add}>
              Add to the list
            </Button>
          </div>
        </div>
      </Part>
    </ActDialog>
  );
}

/** What goes, stays and comes, a place each. */
function changesOf(
  user: UserView,
  next: readonly GrantView[],
  nameOf: (poolId: string) => string,
): readonly ChangeLine[] {
  const isIn = (grants: readonly GrantView[], one: GrantView) =>
    grants.some(({ role, poolId }) => role === one.role && poolId === one.poolId);
  const line = (sign: ChangeLine['sign']) => (one: GrantView) => ({ sign, text: grantsText([one], nameOf) });
  return [
    ...user.grants.filter((one) => !isIn(next, one)).map(line('-')),
    ...user.grants.filter((one) => isIn(next, one)).map(line(' ')),
    ...next.filter((one) => !isIn(user.grants, one)).map(line('+')),
    ...(next.length === 0 ? [{ sign: '+' as const, text: 'none: may do nothing' }] : []),
  ];
}
