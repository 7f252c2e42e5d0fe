import { stripVTControlCharacters } from 'node:util';
import { hanging, width } from './width.ts';

const noteIndent = 4;

/**
 * A table of plain text, columns as wide as their widest cell, two spaces between; on a terminal the last column is wrapped to its width.
 * `notes` are whole sentences, told below the row of the same place.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  notes: readonly (readonly string[])[] = [],
): string {
  const widths = head.map((title, column) => Math.max(width(title), ...rows.map((row) => width(row[column] ?? ''))));
  const indent = widths.slice(0, -1).reduce((sum, one) => sum + one + 2, 0);
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === cells.length - 1 ? hanging(cell, indent) : cell + ' '.repeat((widths[column] ?? 0) - width(cell)),
      )
      .join('  ')
      .trimEnd();
  const below = (place: number) =>
    (notes[place] ?? []).map((note) => `${' '.repeat(noteIndent)}${hanging(note, noteIndent)}`);
  return [
    line(head.map((title) => title.toUpperCase())),
    ...rows.flatMap((row, place) => [line(row), ...below(place)]),
  ].join('\n');
}

/** Two columns of name and value, for one thing. */
export function facts(pairs: readonly (readonly [name: string, value: string])[]): string {
  const wide = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(wide)}  ${hanging(value, wide + 2)}`).join('\n');
}

/** What a host reports is text, never control sequences (R45). */
export function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
  return stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}
