import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useLiveStore } from '../../lib/live/use-live.ts';
import { type KeyAct, readKey } from './keys.ts';

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));
const KeyList = lazy(async () => ({ default: (await import('./key-list.tsx')).KeyList }));

export interface CommandsProps {
  /** Id of the pool whose page is open. */
  readonly here: string | null;
  readonly isPaletteOpen: boolean;
  readonly onPalette: (isOpen: boolean) => void;
}

/** The keys of every page, the palette, and the list of the keys. */
export function Commands({ here, isPaletteOpen, onPalette }: CommandsProps) {
  const [isListOpen, setListOpen] = useState(false);
  const go = useKeyAct(here);
  useKeys((act) => {
    if (act.kind === 'palette') onPalette(true);
    else if (act.kind === 'keys') setListOpen(true);
    else go(act);
  });
  return (
    <Suspense>
      {isPaletteOpen && <Palette here={here} onClose={() => onPalette(false)} />}
      {isListOpen && <KeyList onClose={() => setListOpen(false)} />}
    </Suspense>
  );
}

function useKeys(onAct: (act: KeyAct) => void): void {
  const latest = useRef(onAct);
  useEffect(() => {
    latest.current = onAct;
  });
  useEffect(() => {
    let isGoing = false;
    const onKey = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey, shiftKey: shift } = event;
      if (altKey || key === 'Shift') return;
      const command = ctrlKey || metaKey;
      const pressed = { key, command, shift, isTaken: isTaken(event.target), isInDialog: isInDialog() };
      const reading = readKey(pressed, isGoing);
      isGoing = reading.isGoing;
      if (reading.act === null) return;
      event.preventDefault();
      latest.current(reading.act);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

/** Where keys are text, or belong to a menu. */
const isTaken = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('input, textarea, select, [contenteditable], [role="menu"]') !== null;

/** Wherever the focus is: what is behind a dialog is not to be reached. */
const isInDialog = (): boolean => document.querySelector('[role="dialog"]') !== null;

function useKeyAct(here: string | null): (act: KeyAct) => void {
  const navigate = useNavigate();
  const { store } = useLiveStore();
  const beside = (step: 1 | -1) => {
    const ids = [...(store.get().pools?.keys() ?? [])];
    const at = here === null ? -1 : ids.indexOf(here);
    const next = at === -1 ? ids[0] : ids[(at + step + ids.length) % ids.length];
    if (next !== undefined) void navigate({ to: '/pools/$pool', params: { pool: next } });
  };
  return (act) => {
    if (act.kind === 'pools') void navigate({ to: '/pools' });
    else if (act.kind === 'next-pool') beside(1);
    else if (act.kind === 'previous-pool') beside(-1);
    else if (act.kind === 'next-row') stepInList(1);
    else if (act.kind === 'previous-row') stepInList(-1);
    else if (act.kind === 'traffic') turnTraffic();
    else if (act.kind === 'tab' && here !== null) void navigate({ to: tabs[act.tab], params: { pool: here } });
  };
}

const tabs = {
  overview: '/pools/$pool',
  members: '/pools/$pool/members',
  dns: '/pools/$pool/dns',
  settings: '/pools/$pool/settings',
} as const;

/** To the first link of the row after, or before, the one that has the focus. */
function stepInList(step: 1 | -1): void {
  const links = [...document.querySelectorAll('main tbody tr, main section > ul > li')].flatMap(
    (row) => row.querySelector('a') ?? [],
  );
  const at = links.findIndex((link) => link.closest('tr, li')?.contains(document.activeElement) === true);
  const next = at === -1 ? (step === 1 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next]?.focus();
}

/** As a click on the one that is not chosen. */
function turnTraffic(): void {
  const group = document.querySelector('[role="radiogroup"][aria-label="Show traffic as"]');
  group?.querySelector<HTMLElement>('[role="radio"][aria-checked="false"]')?.click();
}
