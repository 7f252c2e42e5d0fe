import { Link } from '@tanstack/react-router';
import { ChevronDown, Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { Mark } from './mark.tsx';

export interface TopBarProps {
  /** What the page is about, where it is no pool: "Pools", "Account". */
  readonly title: string;
  /** What the pool is called that the page is about. */
  readonly pool: string | null;
  /** Opens what finds pools, hosts and verbs. */
  readonly onSearch: () => void;
  /** How the page is kept up to date, and who is signed in. */
  readonly children: ReactNode;
}

export function TopBar({ title, pool, onSearch, children }: TopBarProps) {
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
          <span className="here">{title}</span>
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
            <button type="button" className="switch" aria-label="Other pools" onClick={onSearch}>
              <ChevronDown size={14} aria-hidden="true" />
            </button>
          </>
        )}
      </nav>
      <button type="button" className="find" aria-keyshortcuts="Meta+K Control+K" onClick={onSearch}>
        <Search size={14} aria-hidden="true" />
        Search or run a command
        <span className="kbd" aria-hidden="true">
          Ctrl K
        </span>
      </button>
      {children}
    </header>
  );
}
