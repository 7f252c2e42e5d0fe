import { expect, test } from 'vitest';
import { member } from '../testing/pools.ts';
import { memberWords } from './health-words.ts';
import { isPresent } from './present-traffic.ts';

const reading = { readAtMs: 1_000 };
const isNow = (...given: Parameters<typeof member>) => isPresent(member(...given), reading, 2_000);

test('figures are of now while HAProxy runs and its host is heard, and of then from the moment it is not so', () => {
  expect(isNow('fra')).toBe(true);
  expect(isNow('fra', { haproxy: 'reloading (reload)' })).toBe(true);
  expect(isNow('fra', { haproxy: 'inactive (dead)' })).toBe(false);
  expect(isNow('fra', { haproxy: 'failed (failed)' })).toBe(false);
  expect(isNow('fra', { heartbeatAgeMs: 4_000 })).toBe(false);
  expect(isNow('fra', { health: 'maintenance', alsoHealth: ['haproxy-inactive'] })).toBe(false);
});

test('a member that is well by its health is not shown as well while its HAProxy is stopped or it is silent', () => {
  const word = (otherwise: Parameters<typeof member>[1], preset: 'haproxy' | 'generic' = 'haproxy') =>
    memberWords(member('fra', otherwise), preset).word;
  expect(word({})).toBe('Healthy');
  expect(word({ haproxy: 'inactive (dead)' })).toBe('HAProxy inactive');
  expect(word({ haproxy: 'inactive (dead)' }, 'generic')).toBe('Healthy');
  expect(word({ heartbeatAgeMs: 4_000 })).toBe('Silent');
  expect(word({ health: 'refused', haproxy: 'inactive (dead)' })).toBe('Refused');
});
