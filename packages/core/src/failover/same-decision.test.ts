import { expect, test } from 'vitest';
import { memberId } from '../../testing/evidence.ts';
import type { Decision } from './evidence.ts';
import { type DecidedOn, decisionOutline } from './same-decision.ts';

const pool: DecidedOn = { activeMemberId: memberId(1), epoch: 7 };
const keep: Decision = { kind: 'keep', because: 'active-healthy' };
const refuse: Decision = { kind: 'refuse', because: 'held', trouble: 'heartbeat-lost' };
const promote: Decision = { kind: 'promote', from: memberId(1), to: memberId(2), because: 'heartbeat-lost' };
const wait = (forMs: number): Decision => ({ kind: 'wait', because: 'silence', forMs });

test.each<[string, boolean, [Decision, DecidedOn?], [Decision, DecidedOn?]]>([
  ['the time that is left does not count', true, [wait(9_000)], [wait(250)]],
  ['the reason counts', false, [keep], [{ kind: 'keep', because: 'paused' }]],
  ['the kind counts', false, [{ kind: 'keep', because: 'paused' }], [{ ...refuse, because: 'paused' }]],
  ['the target counts', false, [promote], [{ ...promote, to: memberId(3) }]],
  ['the trouble counts', false, [refuse], [{ ...refuse, trouble: 'haproxy-inactive' }]],
  ['the active member counts', false, [keep], [keep, { ...pool, activeMemberId: memberId(2) }]],
  ['nobody active counts', false, [keep], [keep, { ...pool, activeMemberId: null }]],
  ['the epoch counts', false, [keep], [keep, { ...pool, epoch: 8 }]],
])('two decisions are the same: %s', (_, same, [one, onePool = pool], [other, otherPool = pool]) => {
  expect(decisionOutline(one, onePool) === decisionOutline(other, otherPool)).toBe(same);
});
