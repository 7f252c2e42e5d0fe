import { stripVTControlCharacters } from 'node:util';

/** The terminal that is drawn on, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** How many columns a text takes: colour codes take none. */
export function width(text: string): number {
  return stripVTControlCharacters(text).length;
}

/**
 * The rows of a picture that the terminal shows without wrapping or scrolling: each cut to the columns, the first always kept, the body
 * cut at the rows (the last row stays free for the cursor).
 */
export function fitted(text: string, { columns, rows }: Size): readonly string[] {
  return text
    .split('\n')
    .slice(0, Math.max(1, rows - 1))
    .map((row) => cut(row, columns));
}

/** One row cut to the columns, with … at its end; its colour codes all stay, so that none runs on. */
export function cut(row: string, columns: number): string {
  if (width(row) <= columns) return row;
  let left = columns - 1;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour code begins with one
  const pieces = row.match(/\u001b\[[\d;]*m|./gsu) ?? [];
  const kept = pieces.filter((piece) => piece.length > 2 || left-- > 0);
  return `${kept.join('')}…`;
}

/** A text as lines of at most so many columns, broken at spaces; a longer word stays whole. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && width(last) + 1 + width(word) <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A text whose first line begins behind so many columns; on a terminal the others are indented to it. */
export function hanging(text: string, indent: number, columns = process.stdout.columns): string {
  if (!columns) return text;
  return wrapped(text, Math.max(columns - indent, narrowest)).join(`\n${' '.repeat(indent)}`);
}

/** Below this a column of words is not worth breaking further: the terminal wraps it. */
const narrowest = 16;
