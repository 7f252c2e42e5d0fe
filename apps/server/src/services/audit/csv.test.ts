import type { AuditEntryView } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { csvLine } from './csv.ts';

const entry: AuditEntryView = {
  seq: 1,
  at: '2026-01-01T00:00:00.000Z',
  actor: 'a',
  action: 'b',
  target: 'c',
  poolId: null,
  reason: null,
  requestId: null,
  details: {},
  sealed: true,
};

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])(
  'a cell that begins like a formula (%j) is text',
  (reason) => {
    const cells = csvLine({ ...entry, actor: reason, target: reason }).split(',');
    for (const cell of [cells[2], cells[4]]) expect(cell).toMatch(/^"?'/);
  },
);

test('what is no formula stays as it is', () => {
  expect(csvLine({ ...entry, reason: 'a=b+c-d@e' })).toBe('1,2026-01-01T00:00:00.000Z,a,b,c,,a=b+c-d@e,,{},true\r\n');
});
