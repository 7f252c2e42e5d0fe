import type { PoolView } from '@serverctl/contract';
import { activeOf, addressOf, namesOf, nextOf } from '../../lib/pool/names.ts';
import { lastChangeOf } from './last-change.ts';

/*
 * RFC 4180, as the audit log's: spreadsheets take a cell that begins with one of these for a formula, so such a cell gets an apostrophe before it.
 */
const formula = /^[=+\-@\t\r\n]/;
const needsQuotes = /[",\r\n]/;

const columns: readonly (readonly [title: string, read: (pool: PoolView) => string])[] = [
  ['pool', ({ name }) => name],
  ['preset', ({ preset }) => preset],
  ['names', (pool) => namesOf(pool).join(' ')],
  ['state', ({ status }) => status.state],
  ['active', (pool) => activeOf(pool)?.hostname ?? ''],
  ['address', (pool) => addressFor(pool)],
  ['next', (pool) => nextOf(pool)?.hostname ?? ''],
  ['automatic failover', ({ automaticFailover }) => (automaticFailover ? 'on' : 'off')],
  ['failover delay seconds', ({ failoverDelaySeconds }) => String(failoverDelaySeconds)],
  ['last change', (pool) => lastChangeOf(pool).word],
  ['last change at', (pool) => lastChangeOf(pool).at],
];

/** The list as it is shown, a line for each pool; instants in UTC. */
export function poolsCsv(pools: readonly PoolView[]): string {
  const lines = [columns.map(([title]) => title), ...pools.map((pool) => columns.map(([, read]) => cell(read(pool))))];
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}

function addressFor(pool: PoolView): string {
  const active = activeOf(pool);
  return active === null ? '' : (addressOf(active) ?? '');
}

function cell(text: string): string {
  const guarded = formula.test(text) ? `'${text}` : text;
  return needsQuotes.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
