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
  /** The DNS name that it is about. */
  readonly name?: string;
  /** What the act needs of whoever asks for it. */
  readonly needs?: Permission;
  /** Why it cannot be done now, where the page knows more than a permission; null = it can. */
  readonly why?: string | null;
  readonly kind?: 'plain' | 'prime' | 'bare' | 'danger';
  readonly size?: 'tiny' | 'usual';
  readonly children: ReactNode;
}

/** Opens the dialog of an act on the pool whose page this is, by its address; shown and off where it is not allowed. The server decides anyway. */
export function ActLink({
  act,
  member,
  name,
  needs,
  why = null,
  kind = 'plain',
  size = 'usual',
  children,
}: ActLinkProps) {
  const { data: me } = useQuery(meQuery);
  const { id } = usePool();
  const isRefused = needs !== undefined && me !== undefined && !mayDo(me, needs, id);
  const refusal = why ?? (isRefused ? 'An operator of this pool may do this; you may read it.' : null);
  if (refusal !== null)
    return (
      <Button kind={kind} size={size} disabled title={refusal}>
        {children}
        <span className="vh">. {refusal}</span>
      </Button>
    );
  const looks = ['btn', kind !== 'plain' && kind, size !== 'usual' && size].filter((look) => look !== false);
  return (
    <Link
      to="."
      search={(all) => ({ ...all, act, ...(member !== undefined && { member }), ...(name !== undefined && { name }) })}
      resetScroll={false}
      className={looks.join(' ')}
    >
      {children}
    </Link>
  );
}
