import type { PromotePreview } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { binding, member, pool } from '../../lib/testing/pools.ts';
import { switchKey, switchLack, switchLines, textOf } from './switch.ts';

const preview: PromotePreview = {
  fromMemberId: 'fra',
  toMemberId: 'ams',
  ready: true,
  sentence: 'ams.example.com would be promoted.',
  names: [
    {
      ...{ name: 'lb.example.com', type: 'A', ttlSeconds: 30, warnings: [] },
      ...{ from: ['192.0.2.11'], to: '192.0.2.12' },
    },
  ] as never,
};
const read = { preview, isError: false, isOld: false, isJustNow: false };

test.each([
  ['it is still being asked', { preview: undefined }, 'Looking who would take over.'],
  ['the pool is another than that of the preview', { isOld: true }, 'Looking who would take over.'],
  ['it could not be asked again, whatever was shown before', { isError: true }, 'It is not known who would take over.'],
  ['nobody can take over', { preview: null }, 'Nobody to switch over to is known.'],
  ['a line has just become another one', { isJustNow: true }, 'The preview changed just now.'],
  ['what is shown has been there', {}, null],
])('confirmed or not, while %s', (_case, otherwise, lack) => expect(switchLack({ ...read, ...otherwise })).toBe(lack));

test('another target is another line, though the name and the address may be the same', () => {
  const one = switchLines(pool(), preview).map(textOf);
  const other = switchLines(pool(), { ...preview, toMemberId: 'fra' }).map(textOf);
  expect(one[0]).toBe(other[0]);
  expect(one[1]).not.toBe(other[1]);
});

test('a heartbeat asks no provider, another next standby or another name does', () => {
  const at = (otherwise: Parameters<typeof pool>[0] = {}) => switchKey(pool(otherwise));
  const members = (heartbeatAgeMs: number) => [member('fra', { heartbeatAgeMs }), member('ams', { heartbeatAgeMs })];
  expect(at({ status: { members: members(1) } })).toBe(at({ status: { members: members(900) } }));
  expect(at({ status: { nextInLine: 'ams' } })).not.toBe(at({ status: { nextInLine: null } }));
  expect(at({ status: { bindings: [binding()] } })).not.toBe(at({ status: { bindings: [binding({ id: 'b2' })] } }));
});
