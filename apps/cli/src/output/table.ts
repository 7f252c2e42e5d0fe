import { stripVTControlCharacters } from 'node:util';

/** A table of plain text, columns as wide as their widest cell, two spaces between. Cells are cleaned of control characters. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(width(title), ...rows.map((row) => width(row[column] ?? ''))));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === cells.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - width(cell)),
      )
      .join('  ')
      .trimEnd();
  return [line(head.map((title) => title.toUpperCase())), ...rows.map(line)].join('\n');
}

/** Two columns of name and value, for one thing. */
export function facts(pairs: readonly (readonly [name: string, value: string])[]): string {
  const wide = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(wide)}  ${value}`).join('\n');
}

/** What a host reports is text, never control sequences (R45). */
export function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
  return stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

function width(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
