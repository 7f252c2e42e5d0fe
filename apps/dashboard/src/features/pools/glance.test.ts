import { expect, test } from 'vitest';
import { binding, member, pool } from '../../lib/testing/pools.ts';
import { glanceAt, inOrder, matches, summaryOf } from './glance.ts';

const lost = member('fra', { role: 'active', health: 'heartbeat-lost' });

test('a calm pool serves, could fail over, and needs nobody', () => {
  expect(glanceAt(pool())).toMatchObject({
    shape: 'healthy',
    needsYou: false,
    isServing: true,
    couldFailOver: true,
    next: { word: 'ams.example.com', sub: '1 of 1 standby ready' },
    failover: { word: 'On', sub: 'after 15 s' },
    why: null,
  });
});

test.each([
  ['held', pool({ held: true, status: { state: 'held' } }), 'Held.', 'needs-you'],
  [
    'nobody next',
    pool({ status: { nextInLine: null } }),
    'If fra.example.com fails now, nothing can take over.',
    'needs-you',
  ],
  ['switched off', pool({ automaticFailover: false }), 'Automatic failover is off.', 'needs-you'],
  [
    'off since its setup',
    pool({ automaticFailover: false, status: { state: 'setup' } }),
    'Automatic failover is off.',
    'needs-you',
  ],
  ['not judged', pool({ status: { state: 'blind' } }), 'Not judging.', 'unknown'],
] as const)('%s: needs somebody, and says why', (_what, view, headline, shape) => {
  expect(glanceAt(view)).toMatchObject({ needsYou: true, shape, why: { headline } });
});

test('a pool whose active member is lost is not served, one that nobody has published is being set up', () => {
  expect(glanceAt(pool({ status: { members: [lost, member('ams')] } }))).toMatchObject({
    isServing: false,
    needsYou: true,
  });
  const fresh = pool({
    activeMemberId: null,
    status: { state: 'setup', setupMissing: ['dns', 'member'], members: [] },
  });
  expect(glanceAt(fresh)).toMatchObject({
    isSettingUp: true,
    needsYou: false,
    isServing: false,
    next: { word: 'Setup: 4 of 6 done', sub: 'next: ', todo: { act: 'add-name', word: 'connect DNS' } },
  });
});

test('where a dialog would solve it, it is named', () => {
  const maintenance = { until: '2026-11-24T09:00:00.000Z', over: false, reason: null };
  const resting = member('ams', { ready: false, maintenance });
  const members = [member('fra', { role: 'active' }), resting];
  const wayOf = (view: Parameters<typeof glanceAt>[0]) => glanceAt(view).why?.way;
  expect(wayOf(pool({ status: { nextInLine: null, members } }))).toMatchObject({
    act: 'member-maintenance',
    member: 'ams',
  });
  expect(wayOf(pool({ status: { nextInLine: null, members: members.slice(0, 1) } }))).toMatchObject({
    act: 'add-member',
  });
  expect(wayOf(pool({ held: true, status: { state: 'held' } }))).toMatchObject({ act: 'ack' });
  expect(wayOf(pool({ automaticFailover: false }))).toMatchObject({ act: 'failover' });
});

test('a standby that is down for long needs somebody, after all that is worse, and leads to its page', () => {
  const down = member('lon', { ready: false, place: null, health: 'heartbeat-lost', heartbeatAgeMs: 3_600_000 });
  const members = [
    member('fra', { role: 'active' }),
    member('ams'),
    { ...down, healthSentence: 'No heartbeat for 1 h.' },
  ];
  expect(glanceAt(pool({ status: { members } }))).toMatchObject({
    needsYou: true,
    isServing: true,
    couldFailOver: true,
    shape: 'needs-you',
    why: { headline: 'lon.example.com cannot take over.', rest: 'No heartbeat for 1 h.', member: { id: 'lon' } },
  });
  expect(glanceAt(pool({ automaticFailover: false, status: { members } })).why?.headline).toMatch(/Automatic failover/);
});

test('one name server that answers otherwise: the name is not served', () => {
  const wrong = { server: 'ns2', addresses: ['198.51.100.1'], ok: false, error: null };
  expect(glanceAt(pool({ status: { bindings: [binding({ published: [wrong] })] } })).isServing).toBe(false);
});

test('stopped within the grace, or decided and not written: not counted as served', () => {
  const stopped = member('fra', { role: 'active', haproxy: 'inactive (dead)' });
  expect(glanceAt(pool({ status: { members: [stopped, member('ams')] } })).isServing).toBe(false);
  expect(glanceAt(pool({ epoch: 2 })).isServing).toBe(false);
});

test('just moved and not judged anew: nobody is said to take over from itself', () => {
  const { next, why, couldFailOver } = glanceAt(pool({ activeMemberId: 'ams' }));
  expect({ word: next.word, why, couldFailOver }).toEqual({ word: 'Not known yet', why: null, couldFailOver: true });
});

test('the line above the list counts names served and pools that could not fail over', () => {
  const other = pool({ id: 'b', status: { nextInLine: null, bindings: [binding({ name: 'api.example.com' })] } });
  expect(summaryOf([pool(), other])).toEqual({
    served: '2 of 2 hostnames are served.',
    stuck: '1 pool could not fail over by itself.',
  });
  expect(summaryOf([pool()]).stuck).toBeNull();
});

test('what nobody can know is not counted as served', () => {
  for (const health of ['unknown', 'unheard', 'haproxy-unresponsive'] as const) {
    const view = pool({ status: { members: [member('fra', { role: 'active', health }), member('ams')] } });
    expect(glanceAt(view).isServing, health).toBe(false);
    expect(summaryOf([view]).served).toBe('0 of 1 hostname is served.');
  }
});

test('in maintenance, its own or the active member’s, a pool could not fail over by itself', () => {
  const maintenance = { until: '2026-11-24T09:00:00.000Z', over: false, reason: null };
  const ofActive = [member('fra', { role: 'active', health: 'maintenance', maintenance }), member('ams')];
  for (const view of [pool({ maintenance }), pool({ status: { members: ofActive } })]) {
    expect(glanceAt(view).couldFailOver).toBe(false);
    expect(summaryOf([view]).stuck).toBe('1 pool could not fail over by itself.');
  }
});

test('those that need somebody come first, then by name; found by hostname and address too', () => {
  const [a, b, c] = [pool({ name: 'a' }), pool({ name: 'b', automaticFailover: false }), pool({ name: 'c' })];
  expect(inOrder([c, a, b].filter((one) => one !== undefined)).map(({ name }) => name)).toEqual(['b', 'a', 'c']);
  expect(matches(pool(), 'AMS.')).toBe(true);
  expect(matches(pool(), '192.0.2')).toBe(true);
  expect(matches(pool(), 'elsewhere')).toBe(false);
});
