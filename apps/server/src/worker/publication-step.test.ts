import { formatMark, type InstanceId, type MemberId, type PromotionId, type RecordView } from '@serverctl/core';
import { expect, test } from 'vitest';
import { addressOf, buildBinding, buildPool, id } from '../../../../testkit/src/index.ts';
import type { Binding, DesiredRecord } from './ports.ts';
import { isStillWanted, nextStep, type StepInput } from './publication-step.ts';

const instance = 'cp0000000001' as InstanceId;
const binding = buildBinding();
const pool = binding.poolId;
const [wished, standby, stranger] = [addressOf(1), addressOf(2), '198.51.100.9'];
const view = (addresses: readonly string[], mark: RecordView['mark'], cname = false): RecordView => ({
  rrset: addresses.length === 0 ? null : { addresses, ttlSeconds: 60 },
  mark,
  cname,
});
const ours = (epoch: number) => ({ kind: 'ours' as const, mark: { instance, pool, epoch } });
const foreign = { kind: 'foreign' as const, mark: { instance: 'cp0000000099' as InstanceId, pool, epoch: 9 } };
const none = { kind: 'none' as const };

interface Change extends Partial<Omit<StepInput, 'wish' | 'view'>> {
  readonly wish?: Partial<DesiredRecord>;
  readonly takeOver?: Binding['takeOver'];
}

function step(of: RecordView, { wish, takeOver = null, ...change }: Change = {}) {
  return nextStep({
    wish: {
      binding: { ...binding, takeOver },
      address: wished,
      epoch: 7,
      promotionId: id<PromotionId>('q', 7),
      pausedEpoch: null,
      ...wish,
    },
    view: of,
    provider: {},
    members: [1, 2].map((number) => ({ id: id<MemberId>('m', number), publicIpv4: addressOf(number) })),
    instance,
    acknowledgedEpoch: 7,
    canMark: true,
    sharesMark: false,
    mayArriveLate: false,
    neverArrived: false,
    ...change,
  });
}

const paused = { wish: { pausedEpoch: 7 } };
const afterPause = { wish: { pausedEpoch: 6 }, acknowledgedEpoch: 6 };
const pauseBecause = (because: string, seenEpoch: number | null) => ({ kind: 'pause', pause: { because, seenEpoch } });

test.each<[string, RecordView, Change, object]>([
  ['as wished', view([wished], ours(7)), {}, { kind: 'settled' }],
  ['as wished, while paused', view([wished], ours(7)), paused, { kind: 'settled' }],
  ['foreign mark', view([wished], foreign), {}, pauseBecause('foreign-mark', null)],
  [
    'foreign mark, taken over',
    view([wished], foreign),
    { takeOver: { mark: formatMark(foreign.mark) } },
    { kind: 'write' },
  ],
  [
    'foreign mark, with a yes to none',
    view([wished], foreign),
    { takeOver: { mark: null } },
    pauseBecause('foreign-mark', null),
  ],
  [
    'unreadable mark, with a yes to another',
    view([wished], { kind: 'unreadable', text: 'x' }),
    { takeOver: { mark: formatMark(foreign.mark) } },
    pauseBecause('foreign-mark', null),
  ],
  [
    'never ours, with a yes to a mark that is gone',
    view([stranger], none),
    { takeOver: { mark: formatMark(foreign.mark) }, acknowledgedEpoch: 0 },
    { kind: 'write' },
  ],
  ['unreadable mark', view([wished], { kind: 'unreadable', text: 'x' }), {}, pauseBecause('foreign-mark', null)],
  ['newer epoch', view([wished], ours(12)), {}, pauseBecause('newer-epoch', 12)],
  [
    'the same epoch of another promotion',
    view([standby], { kind: 'ours', mark: { instance, pool, epoch: 7, promotion: id<PromotionId>('q', 99) } }),
    { acknowledgedEpoch: 6 },
    pauseBecause('newer-epoch', 7),
  ],
  [
    'newer epoch, taken over',
    view([wished], ours(12)),
    { takeOver: { mark: formatMark(ours(12).mark) } },
    pauseBecause('newer-epoch', 12),
  ],
  ['CNAME', view([], none, true), {}, { kind: 'blocked', code: 'dns_cname_in_the_way' }],
  ['never ours', view([stranger], none), { acknowledgedEpoch: 0 }, { kind: 'blocked', code: 'record_not_ours' }],
  [
    'a stranger under the mark of the other family',
    view([stranger], ours(7)),
    { acknowledgedEpoch: 0, sharesMark: true },
    { kind: 'blocked', code: 'record_not_ours' },
  ],
  [
    'the same, with a yes from before the other family was written',
    view([stranger], ours(7)),
    { acknowledgedEpoch: 0, sharesMark: true, takeOver: { mark: null } },
    { kind: 'write' },
  ],
  [
    'a member under the mark of the other family',
    view([standby], ours(7)),
    { acknowledgedEpoch: 0, sharesMark: true },
    { kind: 'write' },
  ],
  ['a failover', view([standby], ours(6)), { acknowledgedEpoch: 6 }, { kind: 'write' }],
  ['a failover over another member by hand', view([standby], none), { acknowledgedEpoch: 6 }, { kind: 'write' }],
  ['missing', view([], ours(7)), {}, { kind: 'write' }],
  ['no member’s', view([stranger], ours(7)), {}, { kind: 'write' }],
  ['two addresses', view([standby, wished], ours(7)), {}, { kind: 'write' }],
  ['another member by hand', view([standby], ours(7)), {}, { kind: 'left' }],
  ['another member by hand, just after a write', view([standby], ours(7)), { mayArriveLate: true }, { kind: 'left' }],
  [
    'the address that our write never replaced, under the mark of the other family',
    view([standby], ours(7)),
    { sharesMark: true, neverArrived: true },
    { kind: 'write' },
  ],
  ['the same, under a mark of its own', view([standby], ours(7)), { neverArrived: true }, { kind: 'left' }],
  [
    'another member by hand, under the mark of the other family',
    view([standby], ours(7)),
    { sharesMark: true },
    { kind: 'left' },
  ],
  ['another member without a mark', view([standby], none), {}, { kind: 'left' }],
  ['the same, while ours may arrive late', view([standby], none), { mayArriveLate: true }, { kind: 'write' }],
  ['another member under an older epoch', view([standby], ours(6)), {}, { kind: 'write' }],
  ['paused: a repair is a write', view([], ours(7)), paused, { kind: 'left' }],
  [
    'paused: a name that was never written',
    view([], { kind: 'none' }),
    { ...paused, acknowledgedEpoch: 0 },
    { kind: 'waits' },
  ],
  ['paused: a promotion from before', view([standby], ours(6)), { ...paused, acknowledgedEpoch: 6 }, { kind: 'left' }],
  ['paused: a promotion since', view([standby], ours(6)), afterPause, { kind: 'write' }],
  ['paused: one since, acknowledged', view([], ours(7)), { ...afterPause, acknowledgedEpoch: 7 }, { kind: 'left' }],
  ['paused: a foreign mark', view([wished], foreign), paused, pauseBecause('foreign-mark', null)],
])('%s', (_name, of, change, expected) => {
  expect(step(of, change)).toMatchObject(expected);
});

test.each([
  ['as it was wished for', 7, null, null, true],
  ['a newer epoch', 8, null, null, false],
  ['paused since', 7, 'person', null, false],
  ['paused already when it was wished for by name', 7, 'person', 6, true],
] as const)('right before the call: %s', (_what, epoch, paused, pausedEpoch, isWanted) => {
  expect(isStillWanted({ epoch: 7, pausedEpoch }, { pool: buildPool({ epoch, paused }) })).toBe(isWanted);
});

test('what others wrote is quoted in the sentence, but never at length', () => {
  const long = step(view([wished], { kind: 'unreadable', text: 'x'.repeat(5_000) }));
  expect(long.kind === 'pause' && long.pause.sentence.length).toBeLessThan(300);
});
