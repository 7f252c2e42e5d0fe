import { expect, test } from 'vitest';
import { furnish } from './furnish.ts';
import type { Under } from './under-test.ts';

/** Of several that would write, one does (R15, R16). */
export function describeFencing(under: Under): void {
  test('of promotions that expect the same epoch exactly one is recorded, however close they come (R16)', async () => {
    const house = await furnish(under());
    const targets = [house.one, house.two, house.one, house.two];
    const outcomes = await Promise.allSettled(targets.map((to) => house.promote({ kind: 'first-publish', to })));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.map(({ reason }) => reason.code)).toEqual(['pool_changed', 'pool_changed', 'pool_changed']);
    expect((await house.read()).pool.epoch).toBe(1);
  });

  test('a promotion under a fence that was taken over is refused and changes nothing (R15)', async () => {
    const house = await furnish(under());
    const old = await under().takeLease('first');
    expect(await house.promote({ kind: 'first-publish', to: house.one }, old)).toBe(1);
    const present = await under().takeLease('second');
    expect(present.term).toBeGreaterThan(old.term);
    const late = house.promote({ to: house.two, expectedEpoch: 1 }, old);
    await expect(late).rejects.toMatchObject({ code: 'not_leader' });
    const pause = { because: 'foreign-mark', sentence: 'late', seenEpoch: 9 } as const;
    const hold = under().store.hold(house.poolId, 0, 'late', old);
    await expect(hold).rejects.toMatchObject({ code: 'not_leader' });
    const paused = under().store.pause(house.poolId, pause, old);
    await expect(paused).rejects.toMatchObject({ code: 'not_leader' });
    expect((await house.read()).pool).toMatchObject({ epoch: 1, activeMemberId: house.one, held: false, paused: null });
    expect(await house.promote({ to: house.two, expectedEpoch: 1 }, present)).toBe(2);
  });
}
