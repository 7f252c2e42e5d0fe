import type { Mutant } from './mutant.ts';
import { paths } from './paths.ts';

/** R7 to R13: the limits on our own power. */
export const brakeMutants: readonly Mutant[] = [
  {
    name: 'candidate-not-fresh',
    breaks: 'A standby that is silent may be promoted (R7).',
    patches: [
      {
        file: paths.core('failover/readiness'),
        piece: 'if (!isFresh(member)) reasons.push(notHeard(member));',
        replacement: '',
      },
    ],
  },
  {
    name: 'newcomer-is-candidate',
    breaks: 'A standby is a candidate from its first healthy moment on (R3).',
    patches: [
      {
        file: paths.core('failover/readiness'),
        piece: 'const leftMs = waived ? 0 : neededHealthMs(member) - member.healthyForMs;',
        replacement: 'const leftMs = waived ? 0 : 1 - member.healthyForMs;',
      },
    ],
  },
  {
    name: 'quarantine-ignored',
    breaks: 'A member whose key two hosts use may be promoted (R35).',
    patches: [
      {
        file: paths.core('failover/readiness'),
        piece: "if (member.quarantined) reasons.push({ because: 'quarantined' });\n",
        replacement: '',
      },
      { file: paths.testkit('memory-promote'), piece: ' || house.quarantined.has(to);', replacement: ';' },
    ],
  },
  {
    name: 'no-mass-silence-brake',
    breaks: 'Mass silence moves every pool at once (R9).',
    patches: [
      {
        file: paths.core('failover/fleet-brakes'),
        piece: 'if (apartLeftMs > 0 && isMassSilence(fleet.zones)) return',
        replacement: 'if (apartLeftMs > 1e9 && isMassSilence(fleet.zones)) return',
      },
    ],
  },
  {
    name: 'no-velocity-limit',
    breaks: 'As many promotions in a minute as there are losses (R10).',
    patches: [
      {
        file: paths.core('failover/fleet-brakes'),
        piece: "return leftMs > 0 ? { kind: 'velocity', leftMs } : { kind: 'free' };",
        replacement: "return leftMs > 1e9 ? { kind: 'velocity', leftMs } : { kind: 'free' };",
      },
    ],
  },
  {
    name: 'own-zone-always-dead',
    breaks: 'Every zone with a loss counts as dead and escapes the brakes (R9).',
    patches: [
      {
        file: paths.core('failover/fleet-brakes'),
        piece:
          'if (own === undefined || own.members < leastMembers || own.silent * 100 < own.members * leastPercent) return false;',
        replacement:
          'if (own === undefined || own.members < leastMembers || own.silent * 100 < leastPercent) return false;',
      },
    ],
  },
  {
    name: 'released-for-ever',
    breaks: "A person's release of the brakes never ends (R10).",
    patches: [
      {
        file: paths.core('failover/fleet-brakes'),
        piece: 'return brakesReleasedForMs !== null && brakesReleasedForMs > 0;',
        replacement: 'return brakesReleasedForMs !== -1;',
      },
    ],
  },
  {
    name: 'bucket-never-full',
    breaks: 'A flapping pool moves without end (R11).',
    patches: [
      {
        file: paths.core('failover/brakes'),
        piece: 'if (automaticPromotionAgesMs.length < bucket.promotions) return 0;',
        replacement: 'if (automaticPromotionAgesMs.length < 100 * bucket.promotions) return 0;',
      },
    ],
  },
  {
    name: 'hold-never-latched',
    breaks: 'A pool whose bucket is full is not held and moves again when the bucket has room (R11).',
    patches: [
      {
        file: paths.worker('carry-out'),
        piece: "if (decision.kind === 'refuse' && decision.because === 'held') return hold(verdict, fence);",
        replacement:
          "if (decision.kind === 'refuse' && decision.because === 'held' && verdict.row.pool.held) return hold(verdict, fence);",
      },
    ],
  },
  {
    name: 'bucket-by-wall-time',
    breaks:
      "Ages of promotions are the database's wall clock's at each read, so that setting it empties or fills the bucket (R11).",
    patches: [
      {
        file: paths.worker('ages'),
        piece: '.filter(({ epoch }) => known === undefined || epoch > upTo)',
        replacement: '.filter(({ epoch }) => known === undefined || epoch > -upTo)',
      },
      {
        file: paths.worker('ages'),
        piece: 'const kept = [...fresh, ...(known?.kept ?? [])]',
        replacement: 'const kept = [...fresh]',
      },
    ],
  },
  {
    name: 'cooldown-off',
    breaks: 'No 10 s between two promotions of a pool (R11).',
    patches: [
      {
        file: paths.core('failover/brakes'),
        piece: 'if (ageMs !== null && ageMs < antiFlapping.apartMs) return',
        replacement: 'if (ageMs !== null && ageMs < 0) return',
      },
    ],
  },
  {
    name: 'cooldown-never-over',
    breaks: 'After its first promotion a pool never moves again (R11; liveness).',
    patches: [
      {
        file: paths.core('failover/brakes'),
        piece: 'if (ageMs !== null && ageMs < antiFlapping.apartMs) return',
        replacement: 'if (ageMs !== null) return',
      },
    ],
  },
  {
    name: 'failback-at-once',
    breaks: 'Traffic returns the moment the preferred member is ready (R12).',
    patches: [
      {
        file: paths.core('failover/failback'),
        piece: 'pool.failback.afterMinutes * minuteMs - healthyForMs,',
        replacement: '0 * minuteMs - healthyForMs,',
      },
    ],
  },
  {
    name: 'failback-whatever-the-policy',
    breaks: 'Traffic returns by itself in pools where a person is to bring it back (R12).',
    patches: [
      {
        file: paths.core('failover/failback'),
        piece: "if (pool.failback.policy !== 'automatic' || !pool.automaticFailover || pool.held) return",
        replacement: 'if (!pool.automaticFailover || pool.held) return',
      },
    ],
  },
  {
    name: 'maintenance-ignored',
    breaks: 'A failover in the middle of a maintenance (R13).',
    patches: [
      {
        file: paths.core('failover/trouble'),
        piece: 'return Math.max(0, evidence.maintenanceLeftMs ?? 0, active.maintenanceLeftMs ?? 0);',
        replacement: 'return Math.max(0, 0 * (evidence.maintenanceLeftMs ?? 0), 0 * (active.maintenanceLeftMs ?? 0));',
      },
      {
        file: paths.testkit('memory-promote'),
        piece: 'return inMaintenance || house.poolMaintenance.has(pool.id) || house',
        replacement: 'return (inMaintenance && !inMaintenance) || house',
      },
    ],
  },
  {
    name: 'maintenance-never-ended',
    breaks: 'A maintenance that is over stays in the store, and its pool never moves by itself again (R13; liveness).',
    patches: [
      {
        file: paths.worker('maintenance-end'),
        piece: 'if ((asked.get(keyOf(one)) ?? 0) <= clock.now()) void end(one, fence);',
        replacement: 'if ((asked.get(keyOf(one)) ?? 0) < 0) void end(one, fence);',
      },
    ],
  },
  {
    name: 'pause-ignored',
    breaks: 'A paused pool moves (R13).',
    patches: [
      {
        file: paths.core('failover/decide'),
        piece: "if (pool.paused !== null) return standStill('paused', trouble);\n",
        replacement: '',
      },
      {
        file: paths.testkit('memory-promote'),
        piece: 'if (!pool.automaticFailover || pool.held || pool.paused !== null) return true;',
        replacement: 'if (!pool.automaticFailover || pool.held) return true;',
      },
    ],
  },
  {
    name: 'never-acts',
    breaks: 'A proven loss is waited out (liveness).',
    patches: [
      {
        file: paths.core('health/judge'),
        piece: 'return silenceOf(hearing).provenMs >= pool.failoverDelayMs;',
        replacement: 'return silenceOf(hearing).provenMs >= 100 * pool.failoverDelayMs;',
      },
    ],
  },
  {
    name: 'failover-when-switched-off',
    breaks: 'A pool whose automatic failover is off moves by itself.',
    patches: [
      {
        file: paths.core('failover/decide'),
        piece: "if (!pool.automaticFailover) return { kind: 'refuse', because: 'automatic-failover-off', trouble };\n",
        replacement: '',
      },
      {
        file: paths.testkit('memory-promote'),
        piece: 'if (!pool.automaticFailover || pool.held || pool.paused !== null) return true;',
        replacement: 'if (pool.held || pool.paused !== null) return true;',
      },
    ],
  },
  {
    name: 'decision-by-chance',
    breaks: 'The decision does not follow from its evidence (R14).',
    patches: [
      {
        file: paths.core('failover/decide'),
        piece: 'const { pool } = evidence;\n  if (pool.activeMemberId === null)',
        replacement:
          "const { pool } = evidence;\n  judgements += 1;\n  if (judgements % 1_000 === 0) return { kind: 'keep', because: 'failback-not-due' };\n  if (pool.activeMemberId === null)",
      },
      {
        file: paths.core('failover/decide'),
        piece: '/** Rows 3 and 4. */',
        replacement: 'let judgements = 0;\n/** Rows 3 and 4. */',
      },
    ],
  },
];
