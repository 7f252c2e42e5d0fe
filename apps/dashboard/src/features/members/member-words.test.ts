import { expect, test } from 'vitest';
import { binding, member, pool } from '../../lib/testing/pools.ts';
import { answersText, costText } from './member-words.ts';

const fra = member('fra', { role: 'active', address: '192.0.2.11' });
const answersOf = (...bindings: readonly ReturnType<typeof binding>[]) =>
  answersText(pool({ status: { bindings: [...bindings] } }), fra);
const unseen = [{ server: 'ns1.example.com', addresses: ['192.0.2.12'], ok: false, error: null }];

test.each([
  ['every record was seen to answer it', [binding()], 'Its address is what the names answer.'],
  ['it is only wished', [binding({ published: unseen })], 'It is active; no name is seen to answer its address.'],
  ['no name server was asked', [binding({ published: [] })], 'It is active; no name is seen to answer its address.'],
  [
    'another address is wished',
    [binding({ desiredAddress: '192.0.2.12' })],
    'It is active; no name is seen to answer its address.',
  ],
  [
    'one record of two is behind',
    [binding(), binding({ id: 'b2', published: unseen })],
    'It is active; 1 of 2 records are seen to answer its address.',
  ],
  ['there is no name', [], 'It is active; no name leads to it yet.'],
] as const)('what the names answer, where %s', (_case, bindings, text) => expect(answersOf(...bindings)).toBe(text));

test('who never enrolled is no standby that is left', () => {
  const gone = member('ams');
  const costOf = (...others: readonly ReturnType<typeof member>[]) =>
    costText(pool({ status: { members: [fra, gone, ...others] } }), gone);
  const never = member('new', { role: 'none', ready: false, place: null });
  expect(costOf(never)).toBe('One standby fewer: then nobody can take over.');
  expect(costOf(never, member('lon'))).toBe('One standby fewer: 1 is left, 1 ready now.');
  expect(costOf(member('lon', { ready: false }))).toBe(
    'One standby fewer: 1 is left, and nobody of them is ready now.',
  );
  expect(costText(pool(), never)).toBe('Nothing: it serves nobody yet.');
});
