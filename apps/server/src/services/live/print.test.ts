import { bindingStatus } from '@serverctl/contract/testing';
import { expect, test } from 'vitest';
import { printOf } from './print.ts';
import { aMember, aTraffic, aView } from './testing/views.ts';

const member = (change: Parameters<typeof aMember>[1]) =>
  printOf(aView('A', { status: { members: [aMember('m1', change)] } }));
const calm = member({ traffic: aTraffic() });

test.each([
  ['its heartbeat is older', { heartbeatAgeMs: 900 }],
  ['HAProxy was read anew', { traffic: aTraffic({ sessions: 5, ageMs: 0 }) }],
  ['it is well for longer', { healthSentence: 'Heard 0.9 s ago; HAProxy is active.' }],
  ['it is ready for longer', { standingSentence: 'Ready: m1 has been healthy for 2 h 3 min and is first of 1.' }],
])('a member is the same while only %s', (_what, change) => {
  expect(member({ traffic: aTraffic(), ...change })).toBe(calm);
});

test.each([
  ['HAProxy stopped', { haproxy: 'failed (failed)' }],
  ['it is lost', { health: 'heartbeat-lost' as const }],
  ['another place is its', { place: 2 }],
  ['the words are others', { healthSentence: 'Heard 0.4 s ago; HAProxy was active then.' }],
  ['nothing is read of HAProxy', { traffic: null }],
])('a member is another when %s', (_what, change) => {
  expect(member({ traffic: aTraffic(), ...change })).not.toBe(calm);
});

test('the seconds of trouble count: a person waits for them', () => {
  const silent = (seconds: number) =>
    member({ health: 'unheard', healthSentence: `No heartbeat for ${seconds}.0 s.`, ready: false });
  expect(silent(11)).not.toBe(silent(12));
});

test('a judgement, or a look at the record, that found the same is no change; another answer of a name server is', () => {
  const base = printOf(aView('A'));
  const at = '2026-11-01T13:00:00.000Z';
  expect(printOf(aView('A', { status: { at, frozenTicks: 3, bindings: [bindingStatus({ changedAt: at })] } }))).toBe(
    base,
  );
  const published = [{ server: 'ns1', addresses: ['203.0.113.2'], ok: false, error: null }];
  expect(printOf(aView('A', { status: { bindings: [bindingStatus({ published })] } }))).not.toBe(base);
  expect(printOf(aView('A', { epoch: 2 }))).not.toBe(base);
  expect(printOf(aView('A', { status: { sentence: 'Wait 3.2 s.' } }))).not.toBe(base);
});
