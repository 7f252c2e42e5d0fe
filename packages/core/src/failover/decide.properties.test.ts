import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advanceEvidence, arbitraryEvidence } from '../../testing/arbitraries.ts';
import { aMember, anEvidence, aPool, haproxyDown, lost, memberId } from '../../testing/evidence.ts';
import type { MemberId } from '../ids.ts';
import { decide } from './decide.ts';
import type { Decision, MemberEvidence, PoolEvidence } from './evidence.ts';
import { judge } from './judge-pool.ts';

// A failing property prints its seed and path; fc.assert(…, { seed, path }) replays it.
const runs = { numRuns: 4_000 };

type Promotion = Extract<Decision, { kind: 'promote' }>;
type Check = (evidence: PoolEvidence, to: MemberEvidence, because: string, unbraked: Promotion['unbraked']) => void;

function forPromotions(check: Check): void {
  let promotions = 0;
  fc.assert(
    fc.property(arbitraryEvidence, (evidence) => {
      const decision = decide(evidence);
      // Dynamic DNS moves nobody: follow-address.test.ts says what binds it.
      if (decision.kind !== 'promote' || decision.because === 'address-changed') return;
      promotions += 1;
      const to = evidence.members.find((member) => member.id === decision.to);
      if (to === undefined) throw new Error('promoted a stranger');
      expect(decision.from).toBe(evidence.pool.activeMemberId);
      check(evidence, to, decision.because, decision.unbraked);
    }),
    runs,
  );
  expect(promotions).toBeGreaterThan(runs.numRuns / 20); // else the property says nothing
}

describe('I5: no promotion without R1–R11 in the same decision', () => {
  it('acts only on proven silence or on a fresh word about HAProxy (R1, R2, R4)', () => {
    forPromotions(({ pool, members }, _to, because) => {
      const active = members.find((member) => member.id === pool.activeMemberId);
      const hearing = active?.hearing;
      const proven = hearing?.kind === 'heard' ? hearing.provenSilentMs : (hearing?.provenWaitedMs ?? 0);
      if (because === 'heartbeat-lost') expect(proven).toBeGreaterThanOrEqual(pool.failoverDelayMs);
      if (because !== 'haproxy-inactive') return;
      expect(pool.preset).toBe('haproxy');
      expect(active?.monitored).toBe(true);
      expect(active?.haproxy.kind === 'inactive' && active.haproxy.forMs >= pool.haproxyGraceMs).toBe(true);
      expect(hearing?.kind === 'heard' && hearing.silentMs <= 3_000).toBe(true);
    });
  });

  it('promotes only a member heard within 3 s, well now, with the addresses that the names need (R7, R20)', () => {
    forPromotions(({ pool, needs }, to) => {
      expect(to.id).not.toBe(pool.activeMemberId);
      expect(to.hearing.kind === 'heard' && to.hearing.silentMs <= 3_000).toBe(true);
      if (needs?.ipv4 !== false) expect(to.publicIpv4).not.toBeNull();
      if (needs?.ipv6 === 'needed') expect(to.publicIpv6 ?? null).not.toBeNull();
      expect(to.refusal).toBeNull();
      if (pool.preset === 'haproxy' && to.monitored) expect(['running', 'unmonitored']).toContain(to.haproxy.kind);
    });
  });

  it('promotes only after 10 s of health, 30 s after enrolment, but for the only candidate of a lost one (R3)', () => {
    forPromotions((evidence, to, because) => {
      if (to.enrolledForMs < 60_000) expect(to.healthyForMs).toBeGreaterThanOrEqual(30_000);
      if (to.healthyForMs >= 10_000) return;
      expect(['heartbeat-lost', 'withdrawn']).toContain(because);
      expect(judge(evidence).health[evidence.pool.activeMemberId as MemberId]?.kind).toBe('heartbeat-lost');
      const others = judge(evidence).standings.filter((standing) => standing.memberId !== to.id);
      expect(others.some((standing) => standing.ready)).toBe(false);
    });
  });

  it('respects the switch, the hold and the bucket (R11), I8', () => {
    forPromotions(({ pool, automaticPromotionAgesMs: ages, lastPromotionAgeMs }, _to, because) => {
      expect(pool.automaticFailover).toBe(true);
      expect(pool.held).toBe(false);
      expect(lastPromotionAgeMs ?? 10_000).toBeGreaterThanOrEqual(10_000);
      if (because === 'withdrawn') return;
      expect(ages.filter((age) => age < 600_000).length).toBeLessThan(3);
      expect(ages.filter((age) => age < 3_600_000).length).toBeLessThan(6);
    });
  });

  it('fails back only by policy, after N minutes, to a lower priority (R12, I9)', () => {
    let failbacks = 0;
    forPromotions(({ pool, members }, to, because) => {
      if (because !== 'failback') return;
      failbacks += 1;
      expect(pool.failback.policy).toBe('automatic');
      expect(to.healthyForMs).toBeGreaterThanOrEqual(pool.failback.afterMinutes * 60_000);
      expect(to.priority).toBeLessThan(members.find((member) => member.id === pool.activeMemberId)?.priority ?? 0);
    });
    expect(failbacks).toBeGreaterThan(0);
  });

  it('withdraws only what was never written, and only back to where it came from', () => {
    let withdrawals = 0;
    forPromotions(({ unpublished }, to, because) => {
      if (because !== 'withdrawn') return;
      withdrawals += 1;
      expect(unpublished?.from).toBe(to.id);
    });
    expect(withdrawals).toBeGreaterThan(0);
  });

  it('moves nothing while the pool is paused, or it or its active member is in maintenance (R13)', () => {
    forPromotions(({ pool, members, maintenanceLeftMs }, to) => {
      const active = members.find((member) => member.id === pool.activeMemberId);
      expect(pool.paused).toBeNull();
      for (const leftMs of [maintenanceLeftMs, active?.maintenanceLeftMs, to.maintenanceLeftMs])
        expect(leftMs ?? 0).toBeLessThanOrEqual(0);
      expect(to.quarantined).toBe(false);
    });
  });

  it('is braked in mass silence and above the velocity, but for a dead zone, a release, a withdrawal (R9, R10)', () => {
    const seen = { braked: 0, 'dead-zone': 0, released: 0 };
    forPromotions(({ fleet, members, pool }, _to, because, unbraked) => {
      if (because === 'withdrawn') return;
      seen[unbraked ?? 'braked'] += 1;
      if (unbraked === 'released') expect(fleet.brakesReleasedForMs).toBeGreaterThan(0);
      if (unbraked === 'dead-zone') {
        const active = members.find((member) => member.id === pool.activeMemberId);
        expect(silentShare(fleet.zones.filter(({ zone }) => zone === active?.zone))).toBeGreaterThanOrEqual(0.9);
      }
      if (unbraked !== undefined) return;
      const lately = fleet.promotionAgesMs.filter((age) => age < 60_000);
      expect(lately.length).toBeLessThan(Math.max(10, fleet.poolCount / 5));
      if (silentShare(fleet.zones) < 0.55 || fleet.zones.reduce((sum, zone) => sum + zone.silent, 0) < 3) return;
      expect(because).not.toBe('failback');
      expect(Math.min(10_000, ...lately)).toBe(10_000);
    });
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
  });
});

it('I6: no promotion while blind, or while nobody is heard', () => {
  forPromotions(({ listening }) => {
    expect(listening.blindBecause).toBeNull();
    expect(listening.heardMembers).toBeGreaterThan(0);
  });
});

it('I18: replayed evidence gives the same judgement, byte for byte', () => {
  fc.assert(
    fc.property(arbitraryEvidence, (evidence) => {
      const replayed = JSON.parse(JSON.stringify(evidence)) as PoolEvidence;
      expect(JSON.stringify(decide(replayed))).toBe(JSON.stringify(decide(evidence)));
      expect(JSON.stringify(judge(replayed))).toBe(JSON.stringify(judge(evidence)));
    }),
    runs,
  );
});

it('does not depend on the order in which members are listed', () => {
  fc.assert(
    fc.property(arbitraryEvidence, (evidence) => {
      const turned = { ...evidence, members: evidence.members.toReversed() };
      expect(decide(turned)).toEqual(decide(evidence));
      expect(judge(turned).standings).toEqual(judge(evidence).standings);
    }),
    runs,
  );
});

it('is total: every evidence gets a decision with a sentence, and times that are numbers', () => {
  fc.assert(
    fc.property(arbitraryEvidence, (evidence) => {
      const { decision, sentence, standings, judgeAgainInMs } = judge(evidence);
      expect(sentence).toMatch(/^[A-Z].*\.$/);
      expect(sentence).not.toMatch(/undefined|NaN|Infinity/);
      for (const standing of standings) expect(standing.sentence).toMatch(/^[A-Z].*\.$/);
      if (decision.kind === 'wait') expect(decision.forMs).toBeGreaterThan(0);
      expect(judgeAgainInMs === null || judgeAgainInMs > 0).toBe(true);
    }),
    runs,
  );
});

it('judgeAgainInMs is honest: before it, time alone changes neither decision nor health nor standings (R6)', () => {
  const share = fc.double({ min: 0, max: 0.999, noNaN: true });
  const listened = fc.constantFrom(0, 0.5, 1);
  fc.assert(
    fc.property(arbitraryEvidence, share, listened, (evidence, part, proven) => {
      const now = judge(evidence);
      const againMs = now.judgeAgainInMs ?? 86_400_000;
      const later = judge(advanceEvidence(evidence, Math.min(againMs - 1, Math.floor(againMs * part)), proven));
      expect([later.decision.kind, later.decision.because]).toEqual([now.decision.kind, now.decision.because]);
      expect(outlineOf(later)).toEqual(outlineOf(now));
    }),
    runs,
  );
});

it('liveness: where only time is missing, judging at each judgeAgainInMs ends in a promotion', () => {
  const standby = aMember(2, { healthyForMs: 1, enrolledForMs: 1 });
  const other = aMember(3, { healthyForMs: 1, enrolledForMs: 1 });
  let evidence = anEvidence({ active: { hearing: { kind: 'heard', silentMs: 3_001, provenSilentMs: 0 } } });
  evidence = { ...evidence, members: [evidence.members[0] as MemberEvidence, standby, other] };
  let elapsedMs = 0;
  for (let step = 0; step < 200 && decide(evidence).kind !== 'promote'; step += 1) {
    const ms = judge(evidence).judgeAgainInMs ?? 0;
    elapsedMs += ms;
    const later = advanceEvidence(evidence, ms, 1);
    // the standbys go on beating
    evidence = {
      ...later,
      members: later.members.map((one, at) => (at === 0 ? one : { ...one, hearing: standby.hearing })),
    };
  }
  expect(decide(evidence)).toMatchObject({ kind: 'promote', to: memberId(2) });
  expect(elapsedMs).toBe(30_000);
});

it('I8: whatever trouble comes, at most 3 automatic promotions in 10 min, 6 in 1 h, 10 s apart', () => {
  const step = fc.record({ ms: fc.integer({ min: 1, max: 400_000 }), trouble: fc.constantFrom(lost, haproxyDown, {}) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
      const promotedAt: number[] = [];
      let now = 0;
      for (const { ms, trouble } of steps) {
        now += ms;
        const ages = promotedAt.map((at) => now - at).filter((age) => age < 3_600_000);
        const evidence = anEvidence({
          active: trouble,
          automaticPromotionAgesMs: ages,
          lastPromotionAgeMs: ages.at(-1) ?? null,
        });
        if (decide(evidence).kind === 'promote') promotedAt.push(now);
      }
      for (const at of promotedAt) {
        const since = promotedAt.filter((other) => other <= at).map((other) => at - other);
        expect(since.filter((age) => age < 600_000).length).toBeLessThanOrEqual(3);
        expect(since.filter((age) => age < 3_600_000).length).toBeLessThanOrEqual(6);
        expect(since.filter((age) => age > 0 && age < 10_000)).toEqual([]);
      }
    }),
    { numRuns: 500 },
  );
});

it('settings alone never promote: a shorter delay acts on proven silence only', () => {
  const evidence = anEvidence({ active: { hearing: { kind: 'heard', silentMs: 60_000, provenSilentMs: 9_999 } } });
  expect(decide({ ...evidence, pool: aPool({ failoverDelayMs: 10_000 }) })).toMatchObject({ kind: 'wait' });
});

function silentShare(zones: PoolEvidence['fleet']['zones']): number {
  const members = zones.reduce((sum, zone) => sum + zone.members, 0);
  return zones.reduce((sum, zone) => sum + zone.silent, 0) / members;
}

function outlineOf({ health, standings, nextInLine }: ReturnType<typeof judge>) {
  const kinds = Object.entries(health).map(([id, { kind, also }]) => [id, kind, also]);
  const reasons = standings.map((one) => [one.memberId, one.ready, one.reasons.map((reason) => reason.because)]);
  return { kinds, reasons, nextInLine };
}
