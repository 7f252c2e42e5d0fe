import type { ReactNode } from 'react';
import type { ActName } from '../lib/act/acts.ts';
import { useWhyNoAct } from '../lib/act/use-why-no-act.ts';
import { usePool } from '../lib/pool/use-pool.ts';
import { WayLink } from './way-link.tsx';

export interface ActLinkProps {
  readonly act: ActName;
  readonly member?: string;
  /** The DNS name that it is about. */
  readonly name?: string;
  /** Why it cannot be done now, where the page knows more than a permission; null = it can. */
  readonly why?: string | null;
  readonly kind?: 'plain' | 'prime' | 'bare' | 'danger';
  readonly size?: 'tiny' | 'usual';
  readonly children: ReactNode;
}

/**
 * Opens the dialog of an act on the pool whose page this is, by its address; shown and off where it is not allowed, and while the page is not
 * live. The server decides anyway.
 */
export function ActLink({ act, member, name, why = null, kind = 'plain', size = 'usual', children }: ActLinkProps) {
  const { id } = usePool();
  const refusal = useWhyNoAct(act, id, why);
  const looks = ['btn', kind !== 'plain' && kind, size !== 'usual' && size].filter((look) => look !== false);
  return (
    <WayLink
      to="."
      search={(all) => ({ ...all, act, ...(member !== undefined && { member }), ...(name !== undefined && { name }) })}
      resetScroll={false}
      className={looks.join(' ')}
      why={refusal}
    >
      {children}
    </WayLink>
  );
}
