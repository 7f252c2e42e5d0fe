import type { PoolView } from '@serverctl/contract';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Suspense } from 'react';
import { poolActs } from '../features/acts/registry.ts';
import { nameActs } from '../features/dns/registry.ts';
import { memberActs } from '../features/members/registry.ts';
import { settingsActs } from '../features/settings/registry.ts';
import type { Acts } from '../lib/act/acts.ts';

const acts: Acts = { ...poolActs, ...memberActs, ...nameActs, ...settingsActs };

/** The dialog that the address asks for; closing it is leaving that address. */
export function ActPlace({ pool }: { readonly pool: PoolView }) {
  const { act, member, name } = useSearch({ from: '/signed-in/pools/$pool' });
  const navigate = useNavigate();
  const Open = act === undefined ? undefined : acts[act];
  if (Open === undefined) return null;
  const close = () => {
    void navigate({
      to: '.',
      search: ({ act: _act, member: _member, name: _name, ...rest }) => rest,
      resetScroll: false,
    });
  };
  return (
    <Suspense>
      <Open key={`${act} ${member} ${name}`} pool={pool} member={member} name={name} onClose={close} />
    </Suspense>
  );
}
