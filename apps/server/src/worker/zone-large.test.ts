import type { DnsName, Mark, RecordRef } from '@serverctl/core';
import { createCloudflareProvider } from '@serverctl/dns';
import { createNodeHttp, startCloudflareEmulator } from '@serverctl/dns/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createFakeClock, memoryLease } from '../../../../testkit/src/index.ts';
import type { CallBudget, KeptCall } from './budget.ts';
import type { Requests } from './budget-shares.ts';
import { createZoneDesk } from './zone-desk.ts';

/* R22, through the lines and the real adapter: of a zone too large to be listed no request is made for which no place was taken. */

const zone = 'example.com' as DnsName;
const refs = Array.from({ length: 60 }, (_, n): RecordRef => ({ zone, name: `n${n}.${zone}` as DnsName, type: 'A' }));
const mark = { instance: 'cp0000000001', pool: 'pool00000001', epoch: 1 } as Mark;

/** Lets everybody in, and counts the places. */
function countingBudget(): { readonly budget: CallBudget; readonly places: () => number } {
  let places = 0;
  const kept = (calls: number): KeptCall => ({
    async use() {
      places += calls;
      return true;
    },
    release() {},
  });
  const one: Requests = { read: 1, write: 1 };
  const budget: CallBudget = {
    async enter(_id, _urgency, _signal, { read } = one) {
      places += read;
      return true;
    },
    async enterTwice(_id, _signal, { read, write } = one) {
      places += read;
      return kept(write);
    },
    enterKept: async (_id, _signal, { write } = one) => kept(write),
    isPressed: () => false,
    holdOff() {},
  };
  return { budget, places: () => places };
}

/** An emulated zone of those names among more than a list holds. */
async function openZone() {
  const emulator = await startCloudflareEmulator();
  onTestFinished(() => emulator.stop());
  const { id, records } = emulator.addZone(zone, 'pro');
  emulator.addToken('t0ken');
  for (const { name } of refs) records.create({ type: 'A', name, content: '192.0.2.1', ttl: 60 });
  const change = (reply: { text: string }) => {
    reply.text = reply.text.replace(`"total_count":${refs.length}`, '"total_count":5001');
  };
  emulator.inject({ kind: 'alter', change }, { path: /per_page=5000/, times: Number.POSITIVE_INFINITY });
  const http = createNodeHttp(emulator.apiBase);
  const options = { http, token: 't0ken', instance: mark.instance, zoneIds: { [zone]: id } };
  return { emulator, records, provider: createCloudflareProvider(options) };
}

test('names of a zone too large to be listed make as many requests as places were taken for', async () => {
  const { emulator, records, provider } = await openZone();
  const { budget, places } = countingBudget();
  const clock = createFakeClock();
  const lease = memoryLease();
  lease.grant();
  const lines = createZoneDesk({ clock, budget, lease }).linesOf(provider, { zone, credentialId: 'c' });

  /** As the publisher does: again from the start where a seat was not carried. */
  async function move(ref: RecordRef): Promise<void> {
    const reading = lines.read('failover');
    const held = (await reading.boarded)?.shared?.hold() ?? null;
    const expected = await reading.send(ref);
    const writing = expected && lines.write({ held, until: Number.POSITIVE_INFINITY });
    await writing?.boarded;
    const next = { address: '192.0.2.2' as never, ttlSeconds: 60 };
    const replaced = expected && (await writing?.send({ ref, expected, next, mark }));
    reading.leave();
    writing?.leave();
    held?.letGo();
    if (!replaced) await move(ref);
  }

  let moved = 0;
  for (const ref of refs) void move(ref).then(() => (moved += 1));
  await vi.waitFor(
    async () => {
      await clock.advance(1);
      expect(moved).toBe(refs.length);
    },
    { timeout: 30_000, interval: 5 },
  );
  expect(new Set(records.list().map(({ content }) => content))).toEqual(new Set(['192.0.2.2']));
  const { list, look, total } = emulator.calls();
  expect([list, look]).toEqual([1, 2 * refs.length]);
  expect(total).toBeLessThanOrEqual(places());
  expect(places()).toBeLessThan(total + refs.length);
});
