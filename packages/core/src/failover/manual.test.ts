import { describe, expect, it } from 'vitest';
import { aMember, anEvidence, aPool, haproxyDown, listening, memberId } from '../../testing/evidence.ts';
import { judgeSwitchover } from './manual.ts';

const confirm = { confirmNotReady: true };
const plainly = { confirmNotReady: false };
const evidence = anEvidence({
  members: [aMember(1), aMember(2, haproxyDown), aMember(3), aMember(4, { publicIpv4: null })],
});

describe('judgeSwitchover follows its table', () => {
  it.each([
    ['next', plainly, { kind: 'ok', to: memberId(3), ready: true }],
    [memberId(3), plainly, { kind: 'ok', from: memberId(1), to: memberId(3), ready: true }],
    [memberId(2), plainly, { kind: 'refuse', code: 'target_not_ready' }],
    [memberId(2), confirm, { kind: 'ok', to: memberId(2), ready: false }],
    [memberId(1), confirm, { kind: 'refuse', code: 'target_is_active' }],
    [memberId(9), confirm, { kind: 'refuse', code: 'member_not_found' }],
    [memberId(4), confirm, { kind: 'refuse', code: 'target_has_no_address' }],
  ] as const)('%s, %o', (target, options, expected) => {
    expect(judgeSwitchover(evidence, target, options)).toMatchObject(expected);
  });

  it('has nobody next when nobody is ready, confirmed or not', () => {
    const down = anEvidence({ members: [aMember(1), aMember(2, haproxyDown)] });
    expect(judgeSwitchover(down, 'next', confirm)).toMatchObject({ code: 'no_ready_standby' });
  });

  it('needs the first publish before', () => {
    const fresh = anEvidence({ pool: aPool({ activeMemberId: null }) });
    expect(judgeSwitchover(fresh, 'next', plainly)).toMatchObject({ code: 'pool_not_active' });
  });

  it('says why the target is not ready, as detail and in the sentence', () => {
    expect(judgeSwitchover(evidence, memberId(2), plainly)).toMatchObject({
      details: { because: 'Its HAProxy is inactive.' },
    });
    expect(judgeSwitchover(evidence, memberId(2), confirm)).toMatchObject({
      sentence: 'Make lb2.example.com active although it is not ready: Its HAProxy is inactive.',
      made: 'lb2.example.com was made active although it was not ready: Its HAProxy is inactive.',
    });
  });

  it('is not bound by brakes, hold, blindness or the switch', () => {
    const bound = anEvidence({
      pool: aPool({ held: true, automaticFailover: false }),
      listening: { ...listening, blindBecause: 'database' },
      automaticPromotionAgesMs: [1, 2, 3],
      lastPromotionAgeMs: 1,
    });
    expect(judgeSwitchover(bound, 'next', plainly)).toMatchObject({ kind: 'ok', to: memberId(2) });
  });

  describe('in maintenance and in a pause only a named target acts (R13)', () => {
    const standStill = [
      ['pool_in_maintenance', { maintenanceLeftMs: 60_000 }],
      ['pool_paused', { pool: aPool({ paused: 'person' }) }],
      ['pool_paused', { pool: aPool({ paused: 'newer-epoch' }), maintenanceLeftMs: 60_000 }],
    ] as const;

    it.each(standStill)('%s', (code, changes) => {
      const still = anEvidence(changes);
      expect(judgeSwitchover(still, 'next', confirm)).toMatchObject({ kind: 'refuse', code });
      expect(judgeSwitchover(still, memberId(3), plainly)).toMatchObject({ kind: 'ok', to: memberId(3), ready: true });
    });

    it('a maintenance that is over binds nobody', () => {
      expect(judgeSwitchover(anEvidence({ maintenanceLeftMs: 0 }), 'next', plainly)).toMatchObject({ kind: 'ok' });
    });

    it('the active member’s own maintenance leaves `next` alone: it is how to empty it', () => {
      const own = anEvidence({ active: { maintenanceLeftMs: 60_000 } });
      expect(judgeSwitchover(own, 'next', plainly)).toMatchObject({ kind: 'ok', to: memberId(2) });
    });
  });

  it.each([
    ['in maintenance', { maintenanceLeftMs: 60_000 }, 'It is in maintenance for 1 min 0 s more.'],
    ['quarantined', { quarantined: true }, 'It is quarantined until a person clears it: two hosts use its key.'],
  ] as const)('a target that is %s needs the yes, and is never next', (_name, changes, because) => {
    const aside = anEvidence({ members: [aMember(1), aMember(2, changes), aMember(3)] });
    expect(judgeSwitchover(aside, 'next', plainly)).toMatchObject({ to: memberId(3) });
    expect(judgeSwitchover(aside, memberId(2), plainly)).toMatchObject({
      code: 'target_not_ready',
      details: { because },
    });
    expect(judgeSwitchover(aside, memberId(2), confirm)).toMatchObject({ kind: 'ok', ready: false });
  });
});
