import { stripVTControlCharacters } from 'node:util';

/** The terminal that is drawn on, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const plain = /^[\x20-\x7e]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a colour code begins with one
const colourCodes = /(\u001b\[[\d;]*m)/;
const takesNone = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
/** East Asian wide and fullwidth blocks and emoji (Unicode UAX 11), by their first code point. */
const takesTwo =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f1e6}-\u{1f1ff}\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;

/** How many columns a text takes: colour codes and combining marks take none, East Asian characters and emoji two. */
export function width(text: string): number {
  const seen = stripVTControlCharacters(text);
  if (plain.test(seen)) return seen.length;
  return Array.from(graphemes.segment(seen), ({ segment }) => widthOf(segment)).reduce((sum, one) => sum + one, 0);
}

function widthOf(grapheme: string): number {
  if (takesNone.test(grapheme)) return 0;
  return takesTwo.test(grapheme) || grapheme.includes('\ufe0f') ? 2 : 1;
}

/** What is drawn as one: colour codes and graphemes, each with its columns. */
function pieces(text: string): readonly { readonly text: string; readonly columns: number }[] {
  return text.split(colourCodes).flatMap((part, place) => {
    if (place % 2 === 1) return [{ text: part, columns: 0 }];
    return Array.from(graphemes.segment(part), ({ segment }) => ({ text: segment, columns: widthOf(segment) }));
  });
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
  const kept = pieces(row).filter((piece) => {
    if (colourCodes.test(piece.text)) return true;
    left -= piece.columns;
    return left >= 0;
  });
  return `${kept.map(({ text }) => text).join('')}…`;
}

/** A text as lines of at most so many columns, broken at spaces; a longer word is broken too. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').flatMap((one) => broken(one, columns))) {
    const last = lines.at(-1);
    if (last !== undefined && width(last) + 1 + width(word) <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A word as parts of at most so many columns. */
function broken(word: string, columns: number): readonly string[] {
  if (width(word) <= columns) return [word];
  const parts = [''];
  let left = columns;
  for (const piece of pieces(word)) {
    if (piece.columns > left) {
      parts.push('');
      left = columns;
    }
    parts[parts.length - 1] += piece.text;
    left -= piece.columns;
  }
  return parts;
}

/** A text whose first line begins behind so many columns; on a terminal the others are indented to it. */
export function hanging(text: string, indent: number, columns = process.stdout.columns): string {
  if (!columns) return text;
  return wrapped(text, Math.max(columns - indent, narrowest)).join(`\n${' '.repeat(indent)}`);
}

/** A whole text whose lines the terminal need not break: each longer one is wrapped below its own indentation. `whole` is for copying. */
export function paragraphs(text: string, whole: string | null, columns = process.stdout.columns): string {
  if (!columns) return text;
  const one = (line: string) => {
    if (width(line) <= columns || line.trim() === whole) return line;
    const indent = /^ */.exec(line)?.[0] ?? '';
    return indent + hanging(line.slice(indent.length), indent.length, columns);
  };
  return text.split('\n').map(one).join('\n');
}

/** Below this a column of words is not broken further. */
export const narrowest = 16;
