import type { AuditEntryView } from '@serverctl/contract';

/*
 * RFC 4180, with a guard against spreadsheets: they take a cell that begins with one of these for a formula, and an actor's name or a reason
 * is text of anybody's. Such a cell gets an apostrophe before it, which they take for "this is text".
 */
const formula = /^[=+\-@\t\r\n]/;
const needsQuotes = /[",\r\n]/;

const columns: readonly (readonly [name: string, read: (entry: AuditEntryView) => string])[] = [
  ['seq', ({ seq }) => String(seq)],
  ['at', ({ at }) => at],
  ['actor', ({ actor }) => actor],
  ['action', ({ action }) => action],
  ['target', ({ target }) => target],
  ['pool_id', ({ poolId }) => poolId ?? ''],
  ['reason', ({ reason }) => reason ?? ''],
  ['request_id', ({ requestId }) => requestId ?? ''],
  ['details', ({ details }) => JSON.stringify(details)],
  ['sealed', ({ sealed }) => String(sealed)],
];

export const csvHead = `${columns.map(([name]) => name).join(',')}\r\n`;

export function csvLine(entry: AuditEntryView): string {
  return `${columns.map(([, read]) => cell(read(entry))).join(',')}\r\n`;
}

function cell(text: string): string {
  const guarded = formula.test(text) ? `'${text}` : text;
  return needsQuotes.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
