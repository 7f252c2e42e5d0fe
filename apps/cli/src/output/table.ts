import { stripVTControlCharacters } from 'node:util';
import { cut, hanging, narrowest, width } from './width.ts';

const noteIndent = 4;
const gap = 2;
/** A hostname is still told apart at this width, and an id is whole. */
const shortest = 12;

/** How a table is laid out beside its cells. */
export interface Layout {
  /** Columns by title that are shortened only when nothing else helps: a cut time or address says something wrong. */
  readonly whole?: readonly string[];
  /** Columns that the last one keeps at least, if it needs them (default 16): words can be wrapped, a name cannot. */
  readonly last?: number;
  /** True: as if there were no terminal, nothing is shortened or wrapped. */
  readonly wide?: boolean;
}

/**
 * A table of plain text, columns as wide as their widest cell, two spaces between. On a terminal it fits: the last column is wrapped, the
 * widest of the others are shortened with …. Elsewhere nothing is cut, for those who read it by program without `--json`.
 * `notes` are whole sentences, told below the row of the same place.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  notes: readonly (readonly string[])[] = [],
  layout: Layout = {},
): string {
  const columns = layout.wide ? Number.POSITIVE_INFINITY : process.stdout.columns;
  const natural = head.map((title, column) => Math.max(width(title), ...rows.map((row) => width(row[column] ?? ''))));
  const widths = columns ? narrowed(natural, head, columns, layout) : natural;
  const last = head.length - 1;
  const indent = widths.slice(0, last).reduce((sum, one) => sum + one + gap, 0);
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        if (column === last) return hanging(cell, indent, columns);
        const wide = widths[column] ?? 0;
        const shown = cut(cell, wide);
        return shown + ' '.repeat(Math.max(0, wide - width(shown)));
      })
      .join(' '.repeat(gap))
      .trimEnd();
  const below = (place: number) =>
    (notes[place] ?? []).map((note) => `${' '.repeat(noteIndent)}${hanging(note, noteIndent, columns)}`);
  return [
    line(head.map((title) => title.toUpperCase())),
    ...rows.flatMap((row, place) => [line(row), ...below(place)]),
  ].join('\n');
}

/** Widths of all columns but the last such that the last keeps room: the widest gives first, of equal ones the last; columns that shall stay whole only at the end. */
function narrowed(
  natural: readonly number[],
  head: readonly string[],
  columns: number,
  { whole = [], last: least = narrowest }: Layout,
): readonly number[] {
  const widths = [...natural];
  const last = Math.min(natural.at(-1) ?? 0, least);
  const room = columns - last - gap * (natural.length - 1);
  const others = head.slice(0, -1).map((_title, column) => column);
  const give = (from: readonly number[], shortestOf: number) => {
    for (;;) {
      const over = others.reduce((sum, one) => sum + (widths[one] ?? 0), 0) - room;
      const widest = [...from].sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0) || b - a)[0];
      if (over <= 0 || widest === undefined || (widths[widest] ?? 0) <= shortestOf) return;
      widths[widest] = (widths[widest] ?? 0) - 1;
    }
  };
  give(
    others.filter((one) => !whole.includes(head[one] ?? '')),
    shortest,
  );
  give(others, 4);
  return widths;
}

/** Two columns of name and value, for one thing. */
export function facts(pairs: readonly (readonly [name: string, value: string])[]): string {
  const most = process.stdout.columns ? Math.floor(process.stdout.columns / 2) : Number.POSITIVE_INFINITY;
  const names = pairs.map(([name]) => cut(name, most));
  const wide = Math.max(...names.map(width));
  return pairs
    .map(([, value], place) => [names[place] ?? '', value] as const)
    .map(([name, value]) => `${name}${' '.repeat(wide - width(name))}  ${hanging(value, wide + gap)}`)
    .join('\n');
}

/** What a host reports is text, never control sequences, nor characters that turn the line around (R45). */
export function clean(text: string): string {
  return stripVTControlCharacters(text).replace(unseemly, ' ');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
const unseemly = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
