import { AppError } from '@serverctl/core';
import { describe, expect, it } from 'vitest';
import { reportFailure } from './failure.ts';
import { clean, table } from './table.ts';
import { localTime, measuredText } from './words.ts';

describe('output', () => {
  it('aligns columns by what is seen, not by colour codes', () => {
    const rows = table(
      ['a', 'b'],
      [
        ['\u001b[31mred\u001b[39m', 'x'],
        ['longer', 'y'],
      ],
    )
      .split('\n')
      .map(clean);
    expect(rows.map((row) => row.search(/[xyB]/))).toEqual([8, 8, 8]);
  });

  it('shows what a host reports as text, never as control sequences (R45)', () => {
    expect(clean('\u001b[2Jowned\u0007\n')).toBe('owned  ');
  });

  it.each([
    [999, '999 ms'],
    [1_000, '1.0 s'],
    [61_000, '1 min 1 s'],
    [7_200_000, '2 h 0 min'],
  ])('says a measured %d ms as %s', (ms, text) => expect(measuredText(ms)).toBe(text));

  it('says what happened, where and what to do, and exits by category', () => {
    let text = '';
    const status = reportFailure(new AppError('pool_not_found', { poolId: 'x' }), false, (part) => {
      text += part;
    });
    expect(status).toBe(3);
    expect(text).toContain('No pool has this id or name.');
    expect(text).toContain('What to do: List the pools');
  });

  it('tells an instant in an error as everywhere: local, to the second', () => {
    const earliest = '2026-01-31T07:30:05.123Z';
    let text = '';
    reportFailure(new AppError('decision_not_found', { pool: 'edge', earliest }), false, (part) => {
      text += part;
    });
    expect(text).toContain(`  earliest: ${localTime(earliest)}\n`);
    expect(text).toContain('  pool: edge\n');
  });

  it('tells what is wrong with a request once, and what else is known of it', () => {
    let text = '';
    const details = { fields: ['body.name: must not be empty'], requestId: 'r1' };
    reportFailure(new AppError('request_invalid', details), false, (part) => {
      text += part;
    });
    expect(text).toMatch(/^Error: name: must not be empty\.\n {2}requestId: r1\n {2}What to do: /);
  });

  it('prints errors as one JSON object with --json', () => {
    let text = '';
    reportFailure(new AppError('pool_not_found'), true, (part) => {
      text += part;
    });
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'pool_not_found' } });
  });
});
