import { WireError } from '../wire/wire-error.ts';

/*
 * A TXT RRset that is no mark is shown to people, and must be named byte for byte in a prerequisite when they take the record over.
 * So it is written as a zone file would: one record a line, each string in quotes, everything unprintable as \DDD (RFC 1035 section 5.1).
 */

/** The RRset in the text form of zone files, records sorted, one a line. */
export function formatTexts(records: readonly (readonly string[])[]): string {
  return records
    .map((strings) => strings.map((text) => `"${escapeText(text)}"`).join(' '))
    .sort()
    .join('\n');
}

/** Reads what `formatTexts` wrote: one entry a record, each its strings. Throws `WireError` for anything else. */
export function parseTexts(text: string): string[][] {
  return text.split('\n').map((line) => {
    const strings = [...line.matchAll(/"((?:[^"\\]|\\[0-9]{3}|\\["\\])*)"/g)].map((match) =>
      unescapeText(match[1] ?? ''),
    );
    const isWhole = strings.length > 0 && formatTexts([strings]) === line;
    if (!isWhole) throw new WireError('not the text of a TXT RRset');
    return strings;
  });
}

function escapeText(text: string): string {
  return [...text]
    .map((character) => {
      const code = character.charCodeAt(0);
      if (character === '"' || character === '\\') return `\\${character}`;
      return code < 0x20 || code > 0x7e ? `\\${String(code).padStart(3, '0')}` : character;
    })
    .join('');
}

function unescapeText(text: string): string {
  return text.replace(/\\([0-9]{3}|["\\])/g, (_, escaped: string) =>
    escaped.length === 3 ? String.fromCharCode(Number(escaped)) : escaped,
  );
}
