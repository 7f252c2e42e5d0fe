import type { Mutant } from './mutant.ts';
import { paths } from './paths.ts';

/** Dynamic DNS (PRODUCT.md section 4). */
export const followingMutants: readonly Mutant[] = [
  {
    name: 'address-never-followed',
    breaks: 'A new public address of the active member is waited with for ever (liveness).',
    faults: ['address-changes'],
    patches: [
      {
        file: paths.core('failover/follow-address'),
        piece: "return forMs > 0 ? { kind: 'wait', forMs } : { kind: 'due' };",
        replacement: "return forMs >= 0 ? { kind: 'wait', forMs: forMs + 1_000 } : { kind: 'due' };",
      },
    ],
  },
  {
    name: 'late-stored-beat-makes-fresh',
    breaks: 'What a hung database stores half a minute late counts as heard now, and its address is followed (R7).',
    faults: ['address-changes', 'database-stopped', 'host-power'],
    patches: [
      {
        file: paths.worker('observed-members'),
        piece: 'const isDated = !listeners.isDoubtful(heard.listenerId);',
        replacement: 'const isDated = listeners.isDoubtful(heard.listenerId) || true;',
      },
    ],
  },
  {
    name: 'second-family-not-followed',
    breaks: 'A new public IPv6 address of the active member is not looked at (liveness).',
    faults: ['both-families', 'address-changes'],
    patches: [
      {
        file: paths.core('failover/follow-address'),
        piece: "const families = ['ipv4', 'ipv6'] as const;",
        replacement: "const families = ['ipv4'] as const;",
      },
    ],
  },
  {
    name: 'address-followed-at-any-rate',
    breaks: 'Each new address is followed at once, however many came before it.',
    faults: ['address-changes'],
    patches: [
      {
        file: paths.core('failover/follow-address'),
        piece: 'return Math.max(0, apartMs, ...limits);',
        replacement: 'return Math.max(0, apartMs, 0 * limits.length);',
      },
    ],
  },
  {
    name: 'address-followed-over-a-persons-edit',
    breaks: 'A followed address is written over a name that a person has set to another member (R21).',
    faults: ['address-changes', 'record-to-other-member'],
    patches: [
      {
        file: paths.core('failover/follow-address'),
        piece: 'unpublished === null && namesLeft !== true;',
        replacement: 'unpublished === null && (namesLeft === true) === (namesLeft === true);',
      },
    ],
  },
  {
    name: 'address-followed-over-a-move',
    breaks: "A followed address undoes a person's switchover that came while it was being recorded (R16).",
    faults: ['address-changes', 'database-slow', 'switchover'],
    patches: [
      {
        file: paths.testkit('memory-promote'),
        piece: 'if (pool.epoch !== promotion.expectedEpoch || forbidden)',
        replacement: "if ((pool.epoch !== promotion.expectedEpoch && promotion.kind !== 'address') || forbidden)",
      },
    ],
  },
];
