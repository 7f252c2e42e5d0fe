import { styleText } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { table } from './table.ts';
import { fitted, width } from './width.ts';

afterEach(() => void vi.unstubAllGlobals());

const screen = { columns: 80, rows: 24 };
const red = (text: string) => styleText('red', text, { validateStream: false });
const onTerminal = (columns: number) => vi.stubGlobal('process', { ...process, stdout: { columns } });

test('a picture larger than 80×24 keeps its head and takes no row more than the terminal has', () => {
  const long = `${red('member')} ${'x'.repeat(200)} ${red('end')}`;
  const rows = fitted(
    ['serverctl watch   live   q leaves', ...Array.from({ length: 40 }, () => long)].join('\n'),
    screen,
  );
  expect(rows[0]).toBe('serverctl watch   live   q leaves');
  expect(rows).toHaveLength(23);
  expect(Math.max(...rows.map(width))).toBe(80);
});

test('a row is cut by what is seen, and no colour runs on behind it', () => {
  const row = fitted(red('y'.repeat(100)), screen)[0] ?? '';
  expect(row).toBe(`${red('y'.repeat(79))}…`);
  expect(fitted(red('y'.repeat(80)), screen)[0]).toBe(red('y'.repeat(80)));
});

test('the head stays on a terminal of one row', () => {
  expect(fitted('head\nbody', { columns: 80, rows: 1 })).toEqual(['head']);
});

test('on a terminal the last column is wrapped to its width, and a note stands below its row', () => {
  onTerminal(40);
  const text = table(
    ['name', 'standing'],
    [['lb1.example.com', 'not ready: its agent was never heard']],
    [['blocked: why']],
  );
  expect(text.split('\n')).toEqual([
    'NAME             STANDING',
    'lb1.example.com  not ready: its agent',
    '                 was never heard',
    '    blocked: why',
  ]);
});

test('without a terminal a row stays one line', () => {
  vi.stubGlobal('process', { ...process, stdout: {} });
  expect(table(['name', 'why'], [['a', 'word '.repeat(60).trim()]]).split('\n')).toHaveLength(2);
});
