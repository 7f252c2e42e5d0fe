import type { MeView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ActName } from '../lib/act/acts.ts';
import { mayDo } from '../lib/act/may-do.ts';
import { usePool } from '../lib/pool/use-pool.ts';
import { meQuery } from '../lib/queries.ts';
import { Button } from './button.tsx';

type Permission = MeView['permissions'][number];

export interface ActLinkProps {
  readonly act: ActName;
  readonly member?: string;
  /** What the act needs of whoever asks for it. */
  readonly needs: Permission;
  readonly kind?: 'plain' | 'prime' | 'bare' | 'danger';
  readonly size?: 'tiny' | 'usual';
  readonly children: ReactNode;
}

/** Opens the dialog of an act on the pool whose page this is, by its address; shown and off where it is not allowed. The server decides anyway. */
export function ActLink({ act, member, needs, kind = 'plain', size = 'usual', children }: ActLinkProps) {
  const { data: me } = useQuery(meQuery);
  const { id } = usePool();
  if (me !== undefined && !mayDo(me, needs, id))
    return (
      <Button kind={kind} size={size} disabled title="An operator of this pool may do this; you may read it.">
        {children}
        <span className="vh">, for operators of this pool</span>
      </Button>
    );
  const looks = ['btn', kind !== 'plain' && kind, size !== 'usual' && size].filter((look) => look !== false);
  return (
    <Link
      to="."
      search={(all) => ({ ...all, act, ...(member !== undefined && { member }) })}
      resetScroll={false}
      className={looks.join(' ')}
    >
      {children}
    </Link>
  );
}
