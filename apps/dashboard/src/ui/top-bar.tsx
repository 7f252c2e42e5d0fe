import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Mark } from './mark.tsx';

export interface TopBarProps {
  /** The pool that the page is about; null on the list. */
  readonly pool: string | null;
  /** What the page is about where it is neither. */
  readonly here?: string;
  /** How the page is kept up to date, and who is signed in. */
  readonly children: ReactNode;
}

export function TopBar({ pool, here = 'Pools', children }: TopBarProps) {
  return (
    <header className="top">
      <Link className="brand" to="/pools" aria-label="ServerCTL">
        <Mark size={24} />
        <span className="no-phone">ServerCTL</span>
      </Link>
      <nav className="crumb" aria-label="Where you are">
        <span className="sep no-phone" aria-hidden="true">
          /
        </span>
        {pool === null ? (
          <span className="here">{here}</span>
        ) : (
          <>
            <Link className="up" to="/pools">
              Pools
            </Link>
            <span className="sep up" aria-hidden="true">
              /
            </span>
            <span className="here cut" title={pool}>
              {pool}
            </span>
          </>
        )}
      </nav>
      {children}
    </header>
  );
}
