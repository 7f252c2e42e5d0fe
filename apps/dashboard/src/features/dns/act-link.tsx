import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ActName } from '../../lib/act/acts.ts';
import { Button } from '../../ui/button.tsx';

export interface ActLinkProps {
  readonly act: ActName;
  /** What it is about. */
  readonly name?: string;
  readonly kind?: 'plain' | 'prime';
  readonly size?: 'tiny' | 'usual';
  /** Why it cannot be done now; null = it can. */
  readonly why: string | null;
  readonly children: ReactNode;
}

/** Opens a dialog by its address; what is not allowed is shown, with the reason. */
export function ActLink({ act, name, kind = 'plain', size = 'usual', why, children }: ActLinkProps) {
  if (why !== null)
    return (
      <Button kind={kind} size={size} disabled title={why}>
        {children}
        <span className="vh">. {why}</span>
      </Button>
    );
  const looks = ['btn', kind !== 'plain' && kind, size !== 'usual' && size].filter((look) => look !== false);
  return (
    <Link
      to="."
      search={(all) => ({ ...all, act, ...(name !== undefined && { name }) })}
      resetScroll={false}
      className={looks.join(' ')}
    >
      {children}
    </Link>
  );
}
