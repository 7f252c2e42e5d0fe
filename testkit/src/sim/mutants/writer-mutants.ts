import type { Mutant } from './mutant.ts';
import { paths } from './paths.ts';

/** R16 to R25: one writer. */
export const writerMutants: readonly Mutant[] = [
  {
    name: 'epoch-check-skipped',
    breaks: 'A write starts under an epoch that was superseded meanwhile (R16).',
    faults: ['switchovers-amid-slow-provider', 'provider-slow'],
    patches: [
      {
        file: paths.core('failover/epoch'),
        piece: 'return callEpoch === poolEpoch;',
        replacement: 'return callEpoch <= poolEpoch;',
      },
      {
        file: paths.worker('publication-step'),
        piece: 'mayWrite(wish.epoch, now.epoch) && now.address === wish.address;',
        replacement: 'mayWrite(wish.epoch, now.epoch);',
      },
      {
        file: paths.worker('publication-step'),
        piece: 'isSame && now.promotionId === wish.promotionId;',
        replacement: 'isSame && now.promotionId.length === wish.promotionId.length;',
      },
    ],
  },
  {
    name: 'cached-plan',
    breaks: 'What was desired at the begin of a pass is written at its end without being asked again (R17).',
    patches: [
      {
        file: paths.worker('publication'),
        piece: 'if (!(await this.#isStillWished(wish))) return 0;',
        replacement: 'if (false && !(await this.#isStillWished(wish))) return 0;',
      },
    ],
  },
  {
    name: 'epoch-stands-still',
    breaks: 'A promotion keeps the epoch of the one before (R16).',
    patches: [
      {
        file: paths.core('failover/epoch'),
        piece: 'return Math.max(poolEpoch, ...seenInMarks) + 1;',
        replacement: 'return Math.max(poolEpoch, 1, ...seenInMarks);',
      },
    ],
  },
  {
    name: 'retry-without-reading',
    breaks: 'After an unknown outcome the next pass writes on what was read before (R19).',
    patches: [
      {
        file: paths.worker('publication-reading'),
        piece: 'const isUrgent = progress.isUrgent && !standsStill(wish);',
        replacement: 'const isUrgent = true;\n      if (lastView !== null) return lastView;',
      },
      {
        file: paths.worker('publication-reading'),
        piece: 'if (view !== null) progress.read(view, clock.now());\n      return view;',
        replacement: 'if (view !== null) progress.read(view, clock.now());\n      lastView = view;\n      return view;',
      },
      {
        file: paths.worker('publication-reading'),
        piece: 'failures, calls, hasNews } = ports;\n',
        replacement: 'failures, calls, hasNews } = ports;\n  let lastView: RecordView | null = null;\n',
      },
    ],
  },
  {
    name: 'unknown-taken-as-done',
    breaks: 'A write without an answer counts as acknowledged (R19).',
    patches: [
      {
        file: paths.worker('publication-failure'),
        piece: "if (failure.kind !== 'unknown') progress.blocked();",
        replacement:
          "if (failure.kind !== 'unknown') progress.blocked();\n      else {\n        progress.acknowledge();\n        say.acknowledged(wish, false);\n        return progress.reconcileInMs(clock.now(), random);\n      }",
      },
      {
        file: paths.worker('publication-progress'),
        piece: 'return freshReconcileMs * (1 - random.fraction() / 10);',
        replacement: 'return calmReconcileMs + 0 * freshReconcileMs * random.fraction();',
      },
    ],
  },
  {
    name: 'unknown-taken-as-failed',
    breaks:
      'A write without an answer is left alone as refused, and its promotion withdrawn although it was written (R19).',
    faults: ['failover-amid-lost-write'],
    patches: [
      {
        file: paths.worker('publication-progress'),
        piece: 'this.#sentEpoch = this.#epoch;\n    this.#freshSince',
        replacement: 'this.#freshSince',
      },
      {
        file: paths.worker('publication-failure'),
        piece: "if (failure.kind !== 'unknown') progress.blocked();",
        replacement: 'progress.blocked();',
      },
    ],
  },
  {
    name: 'foreign-mark-overwritten',
    breaks: "A record that bears another control plane's mark is written over (R21).",
    faults: ['foreign-mark', 'repair', 'haproxy-stop', 'switchover'],
    patches: [
      {
        file: paths.core('dns/plan'),
        piece:
          "if (mark.kind === 'foreign') return refuse('dns_foreign_mark', { name: ref.name, mark: formatMark(mark.mark) });\n",
        replacement: '',
      },
      {
        file: paths.core('dns/drift'),
        piece:
          "if (mark.kind === 'foreign' || mark.kind === 'unreadable') return { kind: 'foreign-mark', action: 'pause' };\n",
        replacement: "if (mark.kind === 'unreadable') return { kind: 'foreign-mark', action: 'pause' };\n",
      },
      {
        file: paths.core('dns/drift'),
        piece: "if (mark.mark.pool !== pool) return { kind: 'foreign-mark', action: 'pause' };",
        replacement: "if (mark.kind === 'foreign') return classifyValue(input, 'older');",
      },
    ],
  },
  {
    name: 'newer-epoch-overwritten',
    breaks: 'A restored database writes over the newer epoch that it finds (R25).',
    patches: [
      {
        file: paths.core('dns/plan'),
        piece: 'mark.mark.pool === wish.pool && isPastOurs(mark.mark, wish)) {',
        replacement: 'mark.mark.pool === wish.pool && isPastOurs(mark.mark, { ...wish, epoch: epoch + 1e6 })) {',
      },
    ],
  },
  {
    name: 'seen-epoch-forgotten',
    breaks: "The greatest epoch read in a mark does not lift the pool's next one (R25).",
    patches: [
      {
        file: paths.testkit('memory-promote'),
        piece: 'const epoch = nextEpoch(pool.epoch, [house.seenEpoch.get(pool.id) ?? 0]);',
        replacement: 'const epoch = nextEpoch(pool.epoch, [0 * (house.seenEpoch.get(pool.id) ?? 0)]);',
      },
    ],
  },
  {
    name: 'drift-not-repaired',
    breaks: 'A record that was deleted, or names no member, is left as it is (R21).',
    patches: [
      {
        file: paths.worker('publication-step'),
        piece: "if (drift.kind === 'other-member' && isAcknowledged && !isLate && !isLost) {",
        replacement: "if (drift.kind !== 'older-epoch' && isAcknowledged && !isLate && !isLost) {",
      },
    ],
  },
  {
    name: 'persons-edit-overwritten',
    breaks: "Another member's address that a person set is written over (R21).",
    patches: [
      {
        file: paths.worker('publication-step'),
        piece: "if (drift.kind === 'other-member' && isAcknowledged && !isLate && !isLost) {",
        replacement: "if (drift.kind === 'other-member' && isAcknowledged && isLate && !isLost) {",
      },
    ],
  },
  {
    name: 'late-write-left',
    breaks: 'A stale write that a plain provider carried out late is taken for what a person wants (I4).',
    faults: ['provider-late', 'actives-flap'],
    patches: [
      {
        file: paths.core('dns/drift'),
        piece: "if (mark === 'older') return { kind: 'older-epoch', action: 'repair' };\n",
        replacement: '',
      },
      {
        file: paths.worker('publication-step'),
        piece: 'const isLate = input.mayArriveLate && view.mark.kind',
        replacement: 'const isLate = false && view.mark.kind',
      },
    ],
  },
  {
    name: 'reconcile-never',
    breaks: 'What was acknowledged is never looked at again (R22).',
    patches: [
      {
        file: paths.worker('publication-ending'),
        piece: 'aftercare.watch(binding);\n    return progress.reconcileInMs(clock.now(), random);',
        replacement: 'return 1e9 + 0 * progress.reconcileInMs(clock.now(), random) + (binding === null ? 1 : 0);',
      },
    ],
  },
  {
    name: 'rate-limit-ignored',
    breaks: "Calls are sent without regard to the provider's limit, as fast as they fail (R19, R22).",
    patches: [
      {
        file: paths.worker('budget'),
        piece: 'return gateOf(credentialId).enter(urgency, signal, { calls: read, kept: 0 });',
        replacement: 'return gateOf(credentialId) !== null || urgency !== null || read !== 0;',
      },
      {
        file: paths.worker('publication-progress'),
        piece: 'return freshReconcileMs * (1 - random.fraction() / 10);',
        replacement: 'return 500 + 0 * freshReconcileMs * random.fraction();',
      },
    ],
  },
  {
    name: 'call-without-limit',
    breaks: 'A call that is never answered is waited for (R15; liveness).',
    patches: [
      {
        file: paths.worker('zone-carriage'),
        piece: 'withinLimit(clock, callLimitMs, call, isOver);',
        replacement: 'withinLimit(clock, 1e9 + 0 * callLimitMs, call, isOver);',
      },
    ],
  },
  {
    name: 'publisher-sleeps',
    breaks: 'A promotion wakes no publisher: its names follow with the next reconcile (R6).',
    patches: [
      {
        file: paths.worker('publisher'),
        piece: 'if (one.poolId === poolId) one.publication.promoted();',
        replacement: 'if (one.poolId !== one.poolId) one.publication.promoted();',
      },
      {
        file: paths.worker('publication'),
        piece: 'if (isNews || (isNewEpoch && !this.#isAsking)) this.wake();',
        replacement: 'if (isNews && isNewEpoch && this.#isAsking) this.wake();',
      },
    ],
  },
  {
    name: 'gives-up-after-a-failure',
    breaks: 'A name whose publishing failed waits for a person (R19; liveness).',
    patches: [
      {
        file: paths.worker('back-off'),
        piece: 'return wholeMs * (1 - random.fraction() / 5);',
        replacement: 'return 1e9 + wholeMs * (1 - random.fraction() / 5);',
      },
    ],
  },
];
