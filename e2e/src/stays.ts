import { setTimeout as sleep } from 'node:timers/promises';
import type { EventView } from '@serverctl/contract';
import { expect } from 'vitest';
import type { LivePool, Settled } from './live-pool.ts';

/**
 * Runs `action` and holds that nothing of a move happened from its start to `windowMs` behind its end: the authoritative answer did not
 * change once, the active member and the epoch are the same (R16), and nobody was promoted. Returns the events of that time.
 */
export async function stays(
  pool: LivePool,
  windowMs: number,
  action: () => Promise<unknown> = async () => undefined,
): Promise<readonly EventView[]> {
  const { activeMemberId, epoch } = await pool.now();
  const lastSeq = (await pool.events()).at(-1)?.seq ?? 0;
  const seen = pool.probe.history.length;
  const answer = pool.probe.present();
  await action();
  await sleep(windowMs);
  const news = (await pool.events()).filter(({ seq }) => seq > lastSeq);
  expect(news.filter(({ kind }) => kind === 'pool.promoted')).toEqual([]);
  expect(pool.probe.history.slice(seen)).toEqual([]);
  expect(pool.probe.present()).toEqual(answer);
  expect(await pool.now()).toMatchObject({ activeMemberId, epoch });
  return news;
}

/** `stays` from rest to rest: the answer is the active host's, and nothing worse than a notice was told of that host. */
export async function staysCalm(
  pool: LivePool,
  windowMs: number,
  action: (rest: Settled) => Promise<unknown>,
): Promise<readonly EventView[]> {
  const rest = await pool.settled();
  expect(pool.probe.present()).toEqual([rest.active.address]);
  const news = await stays(pool, windowMs, () => action(rest));
  const { activeMemberId } = rest.view;
  expect(news.filter(({ severity, memberId }) => severity !== 'info' && memberId === activeMemberId)).toEqual([]);
  expect((await pool.settled()).view).toMatchObject({ activeMemberId, epoch: rest.view.epoch });
  return news;
}
