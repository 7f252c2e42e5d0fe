/*
 * The keyboard map (DESIGN.md, section 12). A key alone never changes anything: it goes somewhere, or opens something.
 */

export type Tab = 'overview' | 'members' | 'dns' | 'settings';
export type KeyAct =
  | { readonly kind: 'palette' | 'keys' | 'pools' | 'next-pool' | 'previous-pool' | 'next-row' | 'previous-row' }
  | { readonly kind: 'traffic' }
  | { readonly kind: 'tab'; readonly tab: Tab };

export interface Pressed {
  readonly key: string;
  /** Ctrl, or ⌘. */
  readonly command: boolean;
  readonly shift: boolean;
  /** In a field or a menu: then only the palette's own key counts. */
  readonly isTaken: boolean;
  /** A dialog is open, and there is never a second one on top of it. */
  readonly isInDialog: boolean;
}

/** What a key does, and whether the next one is its second half. */
export interface Reading {
  readonly act: KeyAct | null;
  readonly isGoing: boolean;
}

const goes: Readonly<Record<string, KeyAct>> = {
  p: { kind: 'pools' },
  o: { kind: 'tab', tab: 'overview' },
  m: { kind: 'tab', tab: 'members' },
  d: { kind: 'tab', tab: 'dns' },
  s: { kind: 'tab', tab: 'settings' },
};
const alone: Readonly<Record<string, KeyAct>> = {
  '?': { kind: 'keys' },
  '[': { kind: 'previous-pool' },
  ']': { kind: 'next-pool' },
  j: { kind: 'next-row' },
  k: { kind: 'previous-row' },
  t: { kind: 'traffic' },
};

/** `isGoing`: a `g` was pressed right before. */
export function readKey({ key, command, shift, isTaken, isInDialog }: Pressed, isGoing: boolean): Reading {
  if (isInDialog) return { act: null, isGoing: false };
  if (command) return { act: key.toLowerCase() === 'k' && !shift ? { kind: 'palette' } : null, isGoing: false };
  if (isTaken) return { act: null, isGoing: false };
  if (isGoing) return { act: goes[key] ?? null, isGoing: false };
  return { act: alone[key] ?? null, isGoing: key === 'g' };
}

/** As it is told to people: `?` shows it. */
export const keyWords: readonly (readonly [keys: readonly string[], words: string])[] = [
  [['Ctrl', 'K'], 'Search, or run a command'],
  [['/'], 'Filter the list'],
  [['g', 'p'], 'Pools'],
  [['g', 'o'], 'Overview of the pool'],
  [['g', 'm'], 'Its members'],
  [['g', 'd'], 'Its DNS'],
  [['g', 's'], 'Its settings'],
  [['['], 'The pool before'],
  [[']'], 'The next pool'],
  [['j'], 'Down in a list'],
  [['k'], 'Up in a list'],
  [['↵'], 'Open what is chosen'],
  [['t'], 'Traffic as a diagram, or as a table'],
  [['?'], 'These keys'],
  [['Esc'], 'Close'],
];
