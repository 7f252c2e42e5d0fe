import type { MeView } from '@serverctl/contract';
import { Link } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';
import type { ActName } from '../lib/act/acts.ts';
import { useStale } from '../lib/act/use-stale.ts';
import { usePool } from '../lib/pool/use-pool.ts';
import { useWhyNotAllowed } from '../lib/use-may.ts';

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

/**
 * Opens the dialog of an act on the pool whose page this is, by its address; shown and off where it is not allowed, and while the page is not
 * live. The server decides anyway. On or off it is the same element: another one would lose the focus each time that the stream is lost.
 */
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
  const { id } = usePool();
  const notAllowed = useWhyNotAllowed(needs ?? 'pool:read', id);
  const stale = useStale();
  const refusal = notAllowed ?? why ?? stale;
  const looks = ['btn', kind !== 'plain' && kind, size !== 'usual' && size].filter((look) => look !== false);
  return (
    <Link
      to="."
      search={(all) => ({ ...all, act, ...(member !== undefined && { member }), ...(name !== undefined && { name }) })}
      resetScroll={false}
      className={looks.join(' ')}
      {...(refusal !== null && { 'aria-disabled': true, title: refusal, onClick: stay })}
    >
      {children}
      {refusal !== null && <span className="vh">. {refusal}</span>}
    </Link>
  );
}

const stay = (event: MouseEvent) => event.preventDefault();
