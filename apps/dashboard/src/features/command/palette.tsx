import { Dialog } from '@base-ui/react/dialog';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ArrowRight, ChevronRight, Search } from 'lucide-react';
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useMemo, useRef, useState } from 'react';
import { whyNotAllowed } from '../../lib/act/may-do.ts';
import { useLive } from '../../lib/live/use-live.ts';
import { meQuery } from '../../lib/queries.ts';
import { type Entry, entriesOf, find, type Place } from './entries.ts';

export interface PaletteProps {
  /** Id of the pool whose page is open. */
  readonly here: string | null;
  readonly onClose: () => void;
}

/** Finds what has a name, and what can be done to it; a verb opens its preview. */
export function Palette({ here, onClose }: PaletteProps) {
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Viewport className="scrim">
          <Dialog.Popup className="pal" aria-label="Search or run a command">
            <Finder here={here} onClose={onClose} />
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Finder({ here, onClose }: PaletteProps) {
  const id = useId();
  const pools = useLive((state) => state.pools);
  const { data: me } = useQuery(meQuery);
  const isLive = useLive(({ link }) => link.kind === 'live');
  const [said, setSaid] = useState('');
  const [chosen, setChosen] = useState(0);
  const go = useGo();
  const entries = useMemo(
    () =>
      entriesOf(
        pools?.values() ?? [],
        here,
        (permission, pool) => whyNotAllowed(me, permission, pool) ?? (isLive ? null : notLive),
      ),
    [pools, here, me, isLive],
  );
  const wanted = useDeferredValue(said);
  const found = useMemo(() => find(entries, wanted), [entries, wanted]);
  const at = Math.min(chosen, Math.max(0, found.length - 1));
  const open = (entry: Entry | undefined) => {
    if (entry === undefined || entry.refused !== null) return;
    onClose();
    go(entry.place);
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length > 0) setChosen((at + step + found.length) % found.length);
    // What is shown may lag behind what was typed.
    else if (event.key === 'Enter') open(wanted === said ? found[at] : find(entries, said)[0]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div className="q">
        <Search size={16} aria-hidden="true" className="dimmer" />
        <input
          role="combobox"
          aria-label="Search or run a command"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={found.length === 0 ? undefined : `${id}-${at}`}
          autoComplete="off"
          spellCheck={false}
          placeholder="A pool, a host, an address, or what to do"
          value={said}
          onKeyDown={onKey}
          onChange={({ target }) => {
            setSaid(target.value);
            setChosen(0);
          }}
        />
      </div>
      <Found id={id} found={found} at={at} onOpen={open} />
      <div className="ft" aria-hidden="true">
        <span>↑↓ choose</span>
        <span>↵ open</span>
        <span>esc close</span>
      </div>
    </>
  );
}

/** Without the page's age, which counts: everything found would be another each second. */
const notLive = 'Nothing can be changed until this page is live.';

interface FoundProps {
  readonly id: string;
  readonly found: readonly Entry[];
  readonly at: number;
  readonly onOpen: (entry: Entry) => void;
}

function Found({ id, found, at, onOpen }: FoundProps) {
  const chosen = useRef<HTMLDivElement>(null);
  const shown = found.map(({ key }) => key).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: another one is chosen, or other ones are there
  useEffect(() => {
    chosen.current?.scrollIntoView({ block: 'nearest' }); // its result is no clean-up: a promise, where browsers have it
  }, [at, shown]);
  return (
    <div className="its" id={id} role="listbox" aria-label="Found" tabIndex={-1}>
      {found.length === 0 && <p className="none">Nothing has a name like this.</p>}
      {found.map((entry, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys, as of any combobox (WAI-ARIA APG)
        <div
          key={entry.key}
          id={`${id}-${index}`}
          ref={index === at ? chosen : undefined}
          role="option"
          tabIndex={-1}
          aria-selected={index === at}
          aria-disabled={entry.refused !== null}
          className={`it ${index === at ? 'sel' : ''}`}
          onClick={() => onOpen(entry)}
        >
          {found[index - 1]?.group !== entry.group && <span className="gname">{entry.group}</span>}
          <span className="ln">
            {entry.place.kind === 'act' ? (
              <ArrowRight size={14} aria-hidden="true" />
            ) : (
              <ChevronRight size={14} aria-hidden="true" />
            )}
            <span className="grow cut">{entry.words}</span>
            <span className="dim cut">{entry.refused ?? entry.detail}</span>
          </span>
        </div>
      ))}
    </div>
  );
}

/** To the page of an entry; a verb's has its dialog open. */
function useGo(): (place: Place) => void {
  const navigate = useNavigate();
  return (place) => {
    if (place.kind === 'page') void navigate({ to: place.to });
    else if (place.kind === 'member')
      void navigate({ to: '/pools/$pool/members/$member', params: { pool: place.pool, member: place.member } });
    else if (place.kind === 'act') {
      const { pool, act, member } = place;
      void navigate({ to: '/pools/$pool', params: { pool }, search: { act, ...(member && { member }) } });
    } else void navigate({ to: toOf[place.tab], params: { pool: place.pool } });
  };
}

const toOf = {
  '': '/pools/$pool',
  members: '/pools/$pool/members',
  dns: '/pools/$pool/dns',
  settings: '/pools/$pool/settings',
} as const;
