import { type DnsProvider, type InstanceId, isAppError } from '@serverctl/core';
import { type CpanelEmulator, startCpanelEmulator } from '@serverctl/testkit/cpanel';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { systemRandom as random } from '../platform/random.ts';
import { panelKind } from '../services/dns-providers/panel.ts';
import { createOutbound } from '../services/outbound.ts';
import { openScene, type PublisherScene, us } from './testing/publisher-scene.ts';

/* The publisher, the adapter and the server's own connections, at an emulated panel over TLS. Its clock is the test's, connections are real. */

const zoneName = 'example.com';
let panel: CpanelEmulator;
beforeEach(async () => {
  panel = await startCpanelEmulator();
});
afterEach(() => panel.stop());

async function open(service: 'cpanel' | 'whm', names = 1) {
  const zone = panel.addZone(zoneName);
  panel.addToken({ service, user: 'root', value: 't0ken' });
  const port = Number(new URL(panel.bases[service]).port);
  const outbound = createOutbound({ clock: systemClock, allowPrivate: [{ host: '127.0.0.1', port }] });
  const place = { host: '127.0.0.1', port, user: 'root', serverName: null, ca: null };
  const inner = panelKind({ clock: systemClock, random, outbound, instance: us as InstanceId }).open(
    { provider: service, ...place, pin: panel.certificate.sha256.replaceAll(':', '') },
    't0ken',
  );
  const refusals: unknown[] = [];
  const provider: DnsProvider = {
    ...inner,
    read: (ref, signal) =>
      inner.read(ref, signal).catch((error: unknown) => {
        refusals.push(isAppError(error) ? error.code : error);
        throw error;
      }),
  };
  const scene = await openScene({ provider, names });
  onTestFinished(() => scene.close());
  return { zone, scene, refusals };
}

/** Lets the scene's clock go on until it holds: requests are real, and take what they take. */
async function until(scene: PublisherScene, holds: () => unknown): Promise<void> {
  await vi.waitFor(
    async () => {
      await scene.clock.advance(50);
      expect(holds()).toBeTruthy();
    },
    { timeout: 20_000, interval: 10 },
  );
}

const edits = () => panel.exchanges.filter(({ method }) => method === 'POST');
const acknowledged = (scene: PublisherScene, epoch: number) =>
  scene.store.house.publications.some((one) => one.epoch === epoch && one.step === 'acknowledged');
const nameIn = (scene: PublisherScene) => [...scene.store.house.bindings.values()][0]?.name ?? '';

test.each(['cpanel', 'whm'] as const)('a promotion is written to %s, record and mark in one edit', async (service) => {
  const { zone, scene } = await open(service);
  await scene.promote(1);
  await until(scene, () => acknowledged(scene, 1));
  await scene.promote(2);
  await until(scene, () => acknowledged(scene, 2));
  const name = nameIn(scene);
  expect(zone.held(name, 'A')).toHaveLength(1);
  expect(zone.held(`_serverctl.${name}`, 'TXT').join()).toContain('epoch=2');
  expect(edits()).toHaveLength(2);
});

test('a zone that something else changes under the write is written at the next try, and nothing of theirs is lost', async () => {
  const { zone, scene } = await open('cpanel');
  panel.inject(
    { kind: 'drift', change: () => zone.append('acme', 'TXT', 'of somebody else') },
    { methods: ['POST'], times: 2 },
  );
  await scene.promote(1);
  await until(scene, () => acknowledged(scene, 1));
  expect(edits()).toHaveLength(3);
  expect(zone.held(nameIn(scene), 'A')).toHaveLength(1);
  expect(zone.held(`acme.${zoneName}`, 'TXT')).toHaveLength(2);
});

test.each([true, false])(
  'an edit whose answer never came is read before it is sent again: applied %s (R19)',
  async (applied) => {
    const { zone, scene } = await open('cpanel');
    panel.inject({ kind: 'close', applied }, { methods: ['POST'] });
    await scene.promote(1);
    await until(scene, () => acknowledged(scene, 1));
    expect(scene.store.house.publications.some(({ state }) => state === 'unknown-outcome')).toBe(true);
    expect(edits()).toHaveLength(applied ? 1 : 2);
    expect(zone.held(nameIn(scene), 'A')).toHaveLength(1);
  },
);

test('a panel that says 429 to one name is not asked for any other of the credential before its time is over (R22)', async () => {
  const { scene, refusals } = await open('whm', 2);
  const written = (epoch: number) =>
    scene.store.house.publications.filter((one) => one.epoch === epoch && one.step === 'acknowledged').length === 2;
  await scene.promote(1);
  await until(scene, () => written(1));
  panel.inject({ kind: 'before', reply: { status: 429, headers: { 'retry-after': '120' }, text: '' } });
  await until(scene, () => refusals.length === 1); // of one name's read in calm
  await scene.clock.settle();
  const asked = scene.calls.length;
  await scene.promote(2);
  await scene.clock.advance(115_000);
  expect([scene.calls.length - asked, refusals]).toEqual([0, ['dns_rate_limited']]);
  await until(scene, () => written(2));
});
