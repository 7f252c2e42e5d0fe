import { Menu } from '@base-ui/react/menu';
import type { PoolView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import { useRef } from 'react';
import { useStale } from '../../lib/act/use-stale.ts';
import { meQuery } from '../../lib/queries.ts';
import { ActLink } from '../../ui/act-link.tsx';
import { type PoolAct, whyNot } from './why-not.ts';

/** What can be done to the pool, at the right of its name. What cannot be done is shown, with the reason. */
export function PoolActs({ pool }: { readonly pool: PoolView }) {
  const { data: me } = useQuery(meQuery);
  const stale = useStale();
  const navigate = useNavigate();
  const place = useRef<HTMLDivElement>(null);
  const open = (act: PoolAct) => void navigate({ to: '.', search: (all) => ({ ...all, act }), resetScroll: false });
  const isMaintained = pool.maintenance !== null;
  const inMenu: readonly (readonly [PoolAct, string])[] = [
    ...(isMaintained ? [['end-maintenance', 'End the maintenance…'] as const] : []),
    pool.paused === null ? ['pause', 'Pause…'] : ['resume', 'Resume…'],
    ['ack', 'Acknowledge failovers…'],
    ['adopt', 'Adopt the changed records…'],
    ['repair', 'Repair the changed records…'],
    ['brakes', 'Brakes of all pools…'],
  ];
  return (
    <div className="acts" ref={place}>
      <ActLink act="maintenance" why={whyNot('maintenance', pool, me, stale)}>
        {isMaintained ? 'Extend maintenance…' : 'Maintenance…'}
      </ActLink>
      <ActLink act="cut" why={whyNot('cut', pool, me, stale)}>
        Cut DNS to standby…
      </ActLink>
      <Menu.Root>
        <Menu.Trigger className="btn bare more-acts" aria-label="More acts" title="More acts">
          <Ellipsis size={16} aria-hidden="true" />
        </Menu.Trigger>
        <Menu.Portal container={place}>
          <Menu.Positioner className="z-20" side="bottom" align="end" sideOffset={6}>
            <Menu.Popup className="menu acts-menu">
              {inMenu.map(([act, word]) => {
                const why = whyNot(act, pool, me, stale);
                return (
                  <Menu.Item key={act} className="menu-item" disabled={why !== null} onClick={() => open(act)}>
                    <span className="grow">
                      {word}
                      {why !== null && <span className="not-now">{why}</span>}
                    </span>
                  </Menu.Item>
                );
              })}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
    </div>
  );
}
