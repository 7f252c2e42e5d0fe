import type { Mutant } from './mutant.ts';
import { paths } from './paths.ts';

/** R1 to R5: who is silent, and whether we could have heard. */
export const listeningMutants: readonly Mutant[] = [
  {
    name: 'age-by-wall-clock',
    breaks: "Time since a beat was stored is taken from the process's wall clock, which a person may set (R1).",
    patches: [
      {
        file: paths.worker('lookout'),
        piece: 'const at = clock.now();\n      closeTick',
        replacement: 'const at = clock.wallTime().getTime() - 1_793_534_400_000;\n      closeTick',
      },
    ],
  },
  {
    name: 'forgive-nobody',
    breaks: 'A new term of the lease goes on with the silence that the last one counted (R3).',
    patches: [
      {
        file: paths.worker('lookout'),
        piece: 'observation = startObservation(clock.now());\n        noticed += 1;',
        replacement: 'noticed += 1;',
      },
      {
        file: paths.core('health/listening'),
        piece: "if (!(measures.tickGapMs < listeningLimits.tickGapMs)) return 'late-tick';\n",
        replacement: '',
      },
    ],
  },
  {
    name: 'count-a-frozen-tick',
    breaks: 'A tick in which nobody could be heard counts as silence (R2).',
    patches: [
      {
        file: paths.worker('observation'),
        piece:
          'const listened = (memberId: MemberId) => because === null && otherHeardWithin(memberId, state.latest, at);',
        replacement: 'const listened = () => true;',
      },
      {
        file: paths.worker('observed-members'),
        piece: 'const covered = watermark === undefined ? span : { ...span, countableUntil: watermark };',
        replacement: 'const covered = watermark === undefined ? span : { ...span };',
      },
    ],
  },
  {
    name: 'late-tick-ignored',
    breaks: 'A process that stood still counts the time in which it did as silence (R2).',
    patches: [
      {
        file: paths.core('health/listening'),
        piece: "if (!(measures.tickGapMs < listeningLimits.tickGapMs)) return 'late-tick';\n",
        replacement: '',
      },
      {
        file: paths.core('health/listening'),
        piece: "if (!(measures.worstEventLoopDelayMs < listeningLimits.worstEventLoopDelayMs)) return 'event-loop';\n",
        replacement: '',
      },
      {
        file: paths.worker('observed-members'),
        piece: 'const covered = watermark === undefined ? span : { ...span, countableUntil: watermark };',
        replacement: 'const covered = watermark === undefined ? span : { ...span };',
      },
    ],
  },
  {
    name: 'listener-watermark-ignored',
    breaks: 'Silence is proven beyond what the process that heard the member has stored (R2).',
    patches: [
      {
        file: paths.worker('observed-members'),
        piece: 'const covered = watermark === undefined ? span : { ...span, countableUntil: watermark };',
        replacement: 'const covered = watermark === undefined ? span : { ...span };',
      },
      {
        file: paths.worker('observed-members'),
        piece: 'forgetLostListeners(to);\n',
        replacement: '',
      },
    ],
  },
  {
    name: 'nobody-else-needed',
    breaks: 'Silence is proven although nobody else was heard either (R2).',
    patches: [
      {
        file: paths.worker('observation'),
        piece:
          'const listened = (memberId: MemberId) => because === null && otherHeardWithin(memberId, state.latest, at);',
        replacement: 'const listened = () => because === null;',
      },
    ],
  },
  {
    name: 'nobody-heard-ignored',
    breaks: 'Failovers go on when nobody at all is heard (R7).',
    patches: [
      {
        file: paths.core('failover/decide'),
        piece: 'if (listening.heardMembers === 0) return answerNobodyHeard(evidence, trouble);\n  if (members',
        replacement: 'if (members',
      },
      {
        file: paths.core('failover/readiness'),
        piece: "return hearing.kind === 'heard' && hearing.silentMs <= readinessLimits.heardWithinMs;",
        replacement: "return hearing.kind === 'heard';",
      },
      {
        file: paths.worker('observation'),
        piece:
          'const listened = (memberId: MemberId) => because === null && otherHeardWithin(memberId, state.latest, at);',
        replacement: 'const listened = () => because === null;',
      },
    ],
  },
  {
    name: 'database-age-ignored',
    breaks: 'A process that cannot write goes on counting silence (R2).',
    patches: [
      {
        file: paths.core('health/listening'),
        piece: "if (!(measures.databaseWriteAgeMs <= listeningLimits.databaseWriteAgeMs)) return 'database';\n",
        replacement: '',
      },
      {
        file: paths.worker('observation'),
        piece:
          'const listened = (memberId: MemberId) => because === null && otherHeardWithin(memberId, state.latest, at);',
        replacement: 'const listened = () => because === null;',
      },
      {
        file: paths.worker('observed-members'),
        piece: 'const covered = watermark === undefined ? span : { ...span, countableUntil: watermark };',
        replacement: 'const covered = watermark === undefined ? span : { ...span };',
      },
    ],
  },
  {
    name: 'old-beats-count-as-heard',
    breaks: 'A beat that comes again is a sign of life (R35).',
    patches: [
      {
        file: paths.core('health/sequence'),
        piece: 'if (beat.seq > known.seq) {',
        replacement: 'if (beat.seq > 0) {',
      },
    ],
  },
  {
    name: 'superseded-boot-heard',
    breaks: 'A run of an agent that is over is still heard (R35).',
    patches: [
      {
        file: paths.server('http/agent/hear'),
        piece: 'if (session.boot < member.lastBoot) {',
        replacement: 'if (session.boot < member.lastBoot - 1e6) {',
      },
      {
        file: paths.core('health/sequence'),
        piece: "if (beat.boot < sequence.boot) return { verdict: 'superseded-boot', sequence, cloneSeq: null };\n",
        replacement: "if (beat.boot < sequence.boot) return { verdict: 'new', sequence, cloneSeq: null };\n",
      },
    ],
  },
  {
    name: 'refusal-taken-as-silence',
    breaks: 'A beat from a wrong address is no sign of life (R5).',
    patches: [
      {
        file: paths.worker('observed-members'),
        piece: 'silence: isDated ? hear(member.silence, heardAt)',
        replacement: 'silence: heard.refusal !== null ? member.silence : isDated ? hear(member.silence, heardAt)',
      },
    ],
  },
  {
    name: 'grace-ignored',
    breaks: 'HAProxy is acted on the moment it is not active (R4).',
    patches: [
      {
        file: paths.core('health/judge'),
        piece:
          "return haproxy.kind === 'inactive' && haproxy.forMs >= pool.haproxyGraceMs && haproxyIsJudged(member, pool);",
        replacement: "return haproxy.kind === 'inactive' && haproxyIsJudged(member, pool);",
      },
    ],
  },
  {
    name: 'neutral-ignored',
    breaks: 'HAProxy on its way up counts as inactive (R4).',
    patches: [
      {
        file: paths.core('health/haproxy-tracker'),
        piece: 'if (leftMs > 0) return {',
        replacement: 'if (leftMs < 0) return {',
      },
      {
        file: paths.core('health/haproxy-tracker'),
        piece: 'state, forMs: track.uncoveredMs };',
        replacement: 'state, forMs: 60_000 };',
      },
    ],
  },
];
