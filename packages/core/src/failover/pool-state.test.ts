import { describe, expect, it } from 'vitest';
import { anEvidence, listening, memberId } from '../../testing/evidence.ts';
import type { Decision } from './evidence.ts';
import { judge } from './judge-pool.ts';
import { poolStates } from './judgement.ts';
import { type PoolStateInput, poolState, poolStateSentence } from './pool-state.ts';

const calm: PoolStateInput = {
  judgement: judge(anEvidence()),
  listening,
  pool: { activeMemberId: memberId(1), held: false, paused: null },
  publication: 'calm',
  setupComplete: true,
};
const deciding = (decision: Decision) => ({ judgement: { decision } });
const refuse = (because: Extract<Decision, { kind: 'refuse' }>['because']) =>
  deciding({ kind: 'refuse', because, trouble: 'heartbeat-lost' });
const wait = (because: Extract<Decision, { kind: 'wait' }>['because']) => deciding({ kind: 'wait', because, forMs: 1 });
const held = { pool: { activeMemberId: memberId(1), held: true, paused: null } };
const blind = { listening: { ...listening, blindBecause: 'database' as const, blindForMs: 3_000 } };
const aTick = { listening: { ...listening, blindBecause: 'late-tick' as const, blindForMs: 2_999 } };
const nobody = { listening: { ...listening, heardMembers: 0, nobodyHeardForMs: 30_000 } };
const paused = { pool: { activeMemberId: memberId(1), held: true, paused: 'foreign-mark' as const } };
const keep = (because: Extract<Decision, { kind: 'keep' }>['because']) => deciding({ kind: 'keep', because });
const promote: Decision = { kind: 'promote', from: memberId(1), to: memberId(2), because: 'heartbeat-lost' };

describe('poolState, the most urgent first', () => {
  it.each([
    ['calm', {}],
    ['calm', { publication: 'none' }],
    ['calm', wait('haproxy-neutral')],
    ['calm', wait('failback')],
    ['calm', aTick],
    ['setup', { setupComplete: false }],
    ['setup', { pool: { activeMemberId: null, held: false, paused: null }, publication: 'blocked' }],
    ['blocked', { ...refuse('no-standby'), ...held, ...blind, publication: 'blocked' }],
    ['unknown-outcome', { ...blind, publication: 'unknown-outcome' }],
    ['publishing', { ...wait('silence'), publication: 'publishing' }],
    ['blind', { ...blind, ...held }],
    ['blind', { ...aTick, ...wait('listening') }],
    ['nobody-heard', { ...nobody, ...held }],
    ['held', { ...held, ...refuse('no-standby') }],
    ['held', refuse('held')],
    ['no-standby', { ...refuse('no-standby'), publication: 'partial', setupComplete: false }],
    ['no-standby', refuse('single-member')],
    ['deciding', { ...wait('silence'), publication: 'verifying' }],
    ['deciding', wait('haproxy-grace')],
    ['deciding', wait('cooldown')],
    ['deciding', wait('listening')],
    ['deciding', deciding(promote)],
    ['deciding', refuse('automatic-failover-off')],
    ['paused', { ...paused, ...blind, publication: 'blocked' }],
    ['paused', keep('paused')],
    ['paused', refuse('paused')],
    ['setup', { pool: { activeMemberId: null, held: false, paused: 'person' } }],
    ['held', { ...held, ...keep('maintenance') }],
    ['maintenance', { ...refuse('maintenance'), publication: 'drift' }],
    ['maintenance', { ...keep('maintenance'), publication: 'verifying', setupComplete: false }],
    ['publishing', { ...keep('maintenance'), publication: 'publishing' }],
    ['drift', { ...keep('maintenance'), publication: 'drift' }],
    ['drift', { publication: 'drift', setupComplete: false }],
    ['no-standby', { ...refuse('no-standby'), publication: 'drift' }],
    ['braked', { ...wait('mass-silence'), publication: 'drift' }],
    ['braked', wait('velocity')],
    ['held', { ...held, ...wait('mass-silence') }],
    ['blind', { ...blind, ...wait('mass-silence') }],
    ['verifying', { publication: 'verifying', setupComplete: false }],
    ['partial', { publication: 'partial' }],
  ] as const)('%s (%#)', (state, changes) => {
    expect(poolState({ ...calm, ...changes })).toBe(state);
  });

  it.each(poolStates)('there is a sentence for %s', (state) => {
    expect(poolStateSentence(state)).toMatch(/^[A-Z].*\.$/);
  });
});
