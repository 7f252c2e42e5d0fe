import { Menu } from '@base-ui/react/menu';
import { Link } from '@tanstack/react-router';
import { ChevronDown, Search } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { Mark } from './mark.tsx';

/** A pool by its id, and what it is called. */
export interface NamedPool {
  readonly id: string;
  readonly name: string;
}

export interface TopBarProps {
  /** What the page is about, where it is no pool: "Pools", "Account". */
  readonly title: string;
  /** The pool that the page is about. */
  readonly pool: NamedPool | null;
  /** Where one may go from a pool: all others. */
  readonly pools: () => readonly NamedPool[];
  readonly onSearch: () => void;
  /** How the page is kept up to date, and who is signed in. */
  readonly children: ReactNode;
}

export function TopBar({ title, pool, pools, onSearch, children }: TopBarProps) {
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
            <span className="here cut" title={pool.name}>
              {pool.name}
            </span>
            <PoolSwitch pools={pools} here={pool.id} />
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

function PoolSwitch({ pools, here }: { readonly pools: () => readonly NamedPool[]; readonly here: string }) {
  const place = useRef<HTMLSpanElement>(null); // inside of the landmark, where readers look for the way to other pages
  return (
    <Menu.Root>
      <Menu.Trigger className="switch" aria-label="Other pools">
        <ChevronDown size={14} aria-hidden="true" />
      </Menu.Trigger>
      <Menu.Portal container={place}>
        <Menu.Positioner className="z-20" side="bottom" align="start" sideOffset={8}>
          <Menu.Popup className="menu pools-menu">
            {pools().map(({ id, name }) => (
              <Menu.LinkItem
                key={id}
                className="menu-item"
                closeOnClick
                render={<Link to="/pools/$pool" params={{ pool: id }} />}
                aria-current={id === here ? 'page' : undefined}
              >
                <span className="cut" title={name}>
                  {name}
                </span>
              </Menu.LinkItem>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
      <span ref={place} />
    </Menu.Root>
  );
}
