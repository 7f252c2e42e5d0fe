import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Telling } from '../../worker/direct-telling.ts';
import type { Notice } from '../../worker/ports.ts';
import { createDirectWay } from './direct.ts';
import { type ChannelHouse, openChannelHouse, patience, webhookTo } from './testing/channel-house.ts';
import { openReceiver, type Receiver } from './testing/receiver.ts';

let receiver: Receiver;
let house: ChannelHouse;
const stop = { now: async () => {} };
beforeEach(async () => {
  receiver = await openReceiver();
  house = await openChannelHouse([receiver.port]);
});
afterEach(async () => {
  await stop.now();
  receiver.close();
  await house.close();
});

const notice: Notice = {
  kind: 'pool.no-standby',
  severity: 'critical',
  poolId: null,
  memberId: null,
  sentence: 'Nobody is ready.',
  details: {},
};
const told = { notice, noticeId: 'n1', at: new Date(0) };

/** Pauses between two attempts are a tick long: only their number counts here. */
function begin() {
  const aborting = new AbortController();
  const sleep = (ms: number, signal?: AbortSignal) => house.ports.clock.sleep(Math.min(ms, 20), signal);
  const direct = createDirectWay({ ...house.ports, clock: { ...house.ports.clock, sleep } });
  const running = direct.run(aborting.signal);
  stop.now = async () => {
    aborting.abort();
    await running;
  };
  return direct;
}

function keepTelling(isStoredAfter: number) {
  const kept: { begun: number; ended: (string | null)[] } = { begun: 0, ended: [] };
  const telling: Telling = {
    begins() {
      if (kept.begun >= isStoredAfter) return false;
      kept.begun += 1;
      return true;
    },
    ended: (_channel, answer) => void kept.ended.push(answer),
  };
  return { kept, telling };
}

test('one channel whose secret does not open keeps no other from being told', async () => {
  const broken = await house.addChannel(webhookTo(receiver.url), { name: 'broken' });
  await house.addChannel(webhookTo(receiver.url), { name: 'works' });
  await house.database.kysely
    .updateTable('notification_channel')
    .set({ version: 2 })
    .where('id', '=', broken)
    .execute();
  const direct = begin();
  const { kept, telling } = keepTelling(1);
  await vi.waitFor(() => {
    if (kept.begun === 0) direct.tell(told, telling);
    expect(kept.ended).toEqual([expect.stringContaining('took the notice')]);
  }, patience);
});

test('a refused notice is tried four times, and not once more when it is stored meanwhile', async () => {
  receiver.reply = () => ({ status: 500 });
  await house.addChannel(webhookTo(receiver.url));
  const direct = begin();
  const all = keepTelling(Number.POSITIVE_INFINITY);
  await vi.waitFor(() => {
    if (all.kept.begun === 0) direct.tell(told, all.telling);
    expect(all.kept.ended).toEqual([null, null, null, null]);
  }, patience);
  const few = keepTelling(2);
  direct.tell(told, few.telling);
  await vi.waitFor(() => expect(few.kept.ended).toEqual([null, null]), patience);
  await house.ports.clock.sleep(100);
  expect(receiver.received).toHaveLength(6);
});
