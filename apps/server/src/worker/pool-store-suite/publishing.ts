import type { BindingId, PromotionId } from '@serverctl/core';
import { expect, test } from 'vitest';
import { freshId, furnish } from './furnish.ts';
import type { Under } from './under-test.ts';

/** What a name shall answer, and how publishing it went (R17). */
export function describePublishing(under: Under): void {
  test('a name desires nothing before the first publish, then always the present active member’s address (R17)', async () => {
    const house = await furnish(under());
    expect(await under().store.desired(house.name)).toBeNull();
    expect(await under().store.desired(freshId<BindingId>())).toBeNull();
    const id = freshId<PromotionId>();
    await house.promote({ id, kind: 'first-publish', to: house.one });
    expect(await under().store.desired(house.name)).toMatchObject({
      address: house.addressOne,
      epoch: 1,
      promotionId: id,
    });
    await house.promote({ to: house.two, expectedEpoch: 1 });
    expect(await under().store.desired(house.name)).toMatchObject({ address: house.addressTwo, epoch: 2 });
  });

  test('an acknowledgement says what the provider holds; one of an older epoch never takes it back', async () => {
    const house = await furnish(under());
    await house.promote({ kind: 'first-publish', to: house.one });
    await house.promote({ to: house.two, expectedEpoch: 1 });
    const published = async () => (await house.read()).bindings[0];
    await house.report({ epoch: 2, state: 'publishing' });
    expect(await published()).toMatchObject({ publishedEpoch: 0, publishedAddress: null });
    await house.report({ epoch: 2, state: 'verifying', address: house.addressTwo, step: 'acknowledged' });
    await house.report({ epoch: 1, state: 'verifying', address: house.addressOne, step: 'acknowledged' });
    expect(await published()).toMatchObject({
      publishedEpoch: 2,
      publishedAddress: house.addressTwo,
      takeOver: null,
    });
  });

  test('says that a name is left as a person set it, while its state is drift; an older epoch’s report says nothing (R21)', async () => {
    const house = await furnish(under());
    const isLeft = async () => (await house.read()).bindings[0]?.isLeft;
    await house.promote({ kind: 'first-publish', to: house.one });
    expect(await isLeft()).toBe(false);
    await house.report({ epoch: 1, state: 'drift' });
    expect(await isLeft()).toBe(true);
    await house.promote({ kind: 'adoption', to: house.two, expectedEpoch: 1 });
    await house.report({ epoch: 2, state: 'publishing' });
    expect(await isLeft()).toBe(false);
    await house.report({ epoch: 1, state: 'drift' });
    expect(await isLeft()).toBe(false);
    await house.report({ epoch: 2, state: 'drift' });
    await house.report({ epoch: 2, state: 'verifying', address: house.addressTwo, step: 'acknowledged' });
    expect((await house.read()).bindings).toMatchObject([{ isLeft: false, publishedEpoch: 2 }]);
  });

  test('keeps every state that publishing can be in', async () => {
    const house = await furnish(under());
    await house.promote({ kind: 'first-publish', to: house.one });
    const states = [
      'publishing',
      'unknown-outcome',
      'verifying',
      'published',
      'partial',
      'blocked',
      'drift',
      'idle',
    ] as const;
    for (const state of states) await house.report({ epoch: 1, state });
    expect((await house.read()).bindings).toMatchObject([{ publishedEpoch: 0 }]);
  });
}
