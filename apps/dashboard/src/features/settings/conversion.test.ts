import { expect, test } from 'vitest';
import { member, pool } from '../../lib/testing/pools.ts';
import { conversionOf } from './conversion.ts';

const texts = (...asked: Parameters<typeof conversionOf>) => conversionOf(...asked).map(({ text }) => text);

test('to generic: heartbeats alone count, and who is unhealthy by HAProxy alone is named', () => {
  const stopped = member('ams', { health: 'haproxy-inactive' });
  const said = texts(pool({ status: { members: [member('fra', { role: 'active' }), stopped] } }), 'generic', null);
  expect(said[0]).toBe('Heartbeats alone count: HAProxy that stops on a member moves nothing any more.');
  expect(said).toContain('ams.example.com would count as well while it is heard, though its HAProxy is inactive.');
  expect(said.join()).not.toContain('fra.example.com');
});

test('to HAProxy: who would not be healthy is named, the active member first of all as such', () => {
  const members = [member('fra', { role: 'active', haproxy: null }), member('ams', { haproxy: 'inactive (dead)' })];
  const view = pool({ preset: 'generic', status: { members } });
  expect(texts(view, 'haproxy', new Set())).toEqual(
    expect.arrayContaining([
      'fra.example.com, the active member, has reported no HAProxy: it would be unknown, and no candidate.',
      'ams.example.com would not be healthy: systemd says inactive (dead) of its HAProxy.',
    ]),
  );
  expect(texts(view, 'haproxy', null).join(), 'not known whose HAProxy counts').not.toMatch(
    /example\.com|not monitored/,
  );
  const said = texts(view, 'haproxy', new Set(['fra', 'ams']));
  expect(said.join()).not.toContain('example.com');
  expect(said).toContain('On 2 of the members HAProxy is not monitored, and does not count.');
});
