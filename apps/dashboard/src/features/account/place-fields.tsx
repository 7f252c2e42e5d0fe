import type { GrantView, PoolView } from '@serverctl/contract';
import { useMemo } from 'react';
import { useLive } from '../../lib/live/use-live.ts';
import { type Role, roleWords } from '../../lib/role-words.ts';
import { CheckField, SelectField } from '../../ui/field.tsx';

export const roles: readonly Role[] = ['viewer', 'operator', 'administrator'];

export interface Place {
  readonly role: Role;
  /** Null = everywhere. */
  readonly poolIds: readonly string[] | null;
}

/** What a place is to the API; in no pool it is no role at all. */
export const grantsOf = ({ role, poolIds }: Place): { role: Role; pool: string | null }[] =>
  poolIds === null ? [{ role, pool: null }] : poolIds.map((pool) => ({ role, pool }));

/** Every pool that may be seen, by name. */
export function usePools(): readonly PoolView[] {
  const pools = useLive((state) => state.pools);
  return useMemo(() => [...(pools?.values() ?? [])].sort((a, b) => a.name.localeCompare(b.name)), [pools]);
}

const wheres = [
  { value: 'everywhere', word: 'Everywhere' },
  { value: 'pools', word: 'In some pools only' },
] as const;

/** A role, and where. */
export function PlaceFields({ place, onPlace }: { readonly place: Place; readonly onPlace: (place: Place) => void }) {
  const { role, poolIds } = place;
  return (
    <>
      <SelectField
        label="Role"
        hint={`${roleWords[role]}.`}
        value={role}
        choices={roles.map((value) => ({ value, word: value.slice(0, 1).toUpperCase() + value.slice(1) }))}
        onValue={(value) => onPlace({ ...place, role: value })}
      />
      <SelectField
        label="Where"
        value={poolIds === null ? 'everywhere' : 'pools'}
        choices={wheres}
        onValue={(where) => onPlace({ ...place, poolIds: where === 'pools' ? [] : null })}
      />
      {poolIds !== null && <PoolChecks chosen={poolIds} onChosen={(next) => onPlace({ ...place, poolIds: next })} />}
    </>
  );
}

export interface PoolChecksProps {
  readonly chosen: readonly string[];
  readonly onChosen: (poolIds: readonly string[]) => void;
}

export function PoolChecks({ chosen, onChosen }: PoolChecksProps) {
  const pools = usePools();
  return (
    <fieldset className="checks">
      <legend>Pools</legend>
      {pools.length === 0 && <p className="small dim">There is no pool yet.</p>}
      {pools.map(({ id, name }) => (
        <CheckField
          key={id}
          label={name}
          checked={chosen.includes(id)}
          onChecked={(isOn) => onChosen(isOn ? [...chosen, id] : chosen.filter((one) => one !== id))}
        />
      ))}
    </fieldset>
  );
}

/** With one more role; one in the same place gives way to it. */
export const withGrant = (grants: readonly GrantView[], one: GrantView): readonly GrantView[] => [
  ...grants.filter(({ poolId }) => poolId !== one.poolId),
  one,
];
