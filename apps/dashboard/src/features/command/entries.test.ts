import { expect, test } from 'vitest';
import { member, pool } from '../../lib/testing/pools.ts';
import { entriesOf, find } from './entries.ts';

const always = () => null;
const west = pool({ id: 'west', name: 'west-edge', status: { members: [member('fra', { role: 'active' })] } });
const entries = entriesOf([west, pool()], 'pool', always);
const wordsFor = (said: string) => find(entries, said).map(({ words }) => words);

test('each word has to occur, whatever its case, also in an address', () => {
  expect(wordsFor('AMS active')).toEqual(['Make ams.example.com active…']);
  expect(wordsFor('192.0.2.11')).toEqual(['fra.example.com', 'ams.example.com', 'fra.example.com']);
  expect(wordsFor('no such thing')).toEqual([]);
});

test('the pool at hand comes first, and a thing before the verbs that only mention it', () => {
  expect(entries[0]?.group).toBe('web-edge');
  expect(wordsFor('ams')[0]).toBe('ams.example.com');
});

test('with nothing said there are the pools, the one at hand first, and the pages', () => {
  expect(wordsFor(' ').slice(0, 3)).toEqual(['web-edge', 'west-edge', 'Pools']);
});

test('a verb that is not allowed is there, with the reason', () => {
  const [verb] = find(
    entriesOf([pool()], 'pool', () => 'Operators of this pool may do this.'),
    'make ams active',
  );
  expect(verb).toMatchObject({ refused: 'Operators of this pool may do this.' });
  expect(find(entries, 'make ams active')[0]?.refused).toBeNull();
});

test('what may be done in one pool is not offered in another', () => {
  const ofOne = entriesOf([west, pool()], 'pool', (_permission, poolId) => (poolId === 'west' ? null : 'no'));
  const refusedIn = (name: string) => find(ofOne, `put ${name} in maintenance`).map(({ refused }) => refused !== null);
  expect([refusedIn('web-edge')[0], refusedIn('west-edge')[0]]).toEqual([true, false]);
});

test('each verb is judged by what the server asks for it', () => {
  const asked = entriesOf([pool()], 'pool', (permission) => permission).filter(({ place }) => place.kind === 'act');
  const needed = asked.map(({ place, refused }) => [place.kind === 'act' && place.act, refused]);
  expect(Object.fromEntries(needed)).toEqual({
    'make-active': 'promotion:write',
    cut: 'promotion:write',
    'member-maintenance': 'member:write',
    maintenance: 'pool:write',
    'add-member': 'member:write',
  });
});
