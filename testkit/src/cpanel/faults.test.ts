import { type RequestOptions, request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { makeCertificate } from '@serverctl/dns/testing';
import { expect, it, onTestFinished } from 'vitest';
import { startCpanelEmulator, wrongReplies, type ZoneChange } from './index.ts';
import { recordText, serving } from './testing.ts';

const add = recordText('lb', '192.0.2.1');

it('answers as it is told after it has done what was asked, or before', async () => {
  const { emulator, zone, edit } = await serving();
  emulator.inject({ kind: 'before', reply: wrongReplies.page(502) }, { path: /mass_edit/ });
  expect(await edit({ add })).toMatchObject({ status: 502, body: null });
  expect(zone.held('lb.example.test', 'A')).toEqual([]);
  for (const reply of [wrongReplies.failure('Emulated: no'), wrongReplies.strange(), wrongReplies.cut()]) {
    const { serial } = zone;
    emulator.inject({ kind: 'after', reply });
    expect(await edit({ add })).toMatchObject({ status: 200, text: reply.text });
    expect(zone.serial).toBe(serial + 1);
  }
  expect(zone.held('lb.example.test', 'A')).toHaveLength(3);
});

it('fails by WHM’s envelope with HTTP 200', async () => {
  const { emulator, whm } = await serving();
  emulator.inject({ kind: 'before', reply: wrongReplies.reason('listzones', 'Emulated: no') });
  expect(await whm('listzones')).toMatchObject({
    status: 200,
    body: { metadata: { result: 0, reason: 'Emulated: no' } },
  });
});

it('ends a connection having done what was asked, and says that it did', async () => {
  const { emulator, zone, edit } = await serving();
  emulator.inject({ kind: 'close', applied: true });
  const lost = emulator.lost();
  await expect(edit({ add })).rejects.toMatchObject({ code: 'ECONNRESET' });
  await lost;
  expect(zone.held('lb.example.test', 'A')).toEqual(['192.0.2.1']);
});

it('holds a request until it is let go', async () => {
  const { emulator, zone, edit } = await serving();
  let letGo = () => {};
  const until = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  emulator.inject({ kind: 'delay', until: () => until });
  const pending = edit({ add });
  while (emulator.exchanges.length === 0) await new Promise((turn) => setImmediate(turn));
  expect(zone.held('lb.example.test', 'A')).toEqual([]);
  letGo();
  expect((await pending).body).toMatchObject({ status: 1 });
});

it('finds the serial stale where somebody else was faster', async () => {
  const { emulator, zone, edit } = await serving();
  const change = () => emulator.change(zone, () => zone.append('other', 'TXT', 'theirs'));
  emulator.inject({ kind: 'drift', change });
  expect((await edit({ add })).body).toMatchObject({ status: 0, data: { type: 'Stale' } });
});

it('locks everybody out with a page for as long as it is told', async () => {
  let now = 0;
  const { emulator, edit } = await serving({ now: () => now });
  emulator.inject({ kind: 'lock-out', seconds: 60 });
  for (let n = 0; n < 2; n += 1) expect(await edit({ add })).toMatchObject({ status: 403, body: null });
  now = 60_000;
  expect((await edit({ add })).body).toMatchObject({ status: 1 });
});

it('refuses connections, and takes them again at the same place', async () => {
  const { emulator, edit, whm } = await serving();
  const reachable = await emulator.unreachable();
  await expect(edit({ add })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await expect(whm('listzones')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await reachable();
  expect((await edit({ add })).body).toMatchObject({ status: 1 });
});

it('takes changes to its peers: with the write, when they are let through, later, or never', async () => {
  const sleeps: (() => void)[] = [];
  const { emulator, edit } = await serving({ sleep: () => new Promise<void>((wake) => void sleeps.push(wake)) });
  const arrived = { now: [], held: [], late: [], never: [] } as Record<string, ZoneChange[]>;
  const at = (name: string) => async (change: ZoneChange) => void arrived[name]?.push(change);
  const serials = () => Object.values(arrived).map((changes) => changes.map(({ serial }) => serial % 100));
  emulator.addPeer(at('now'));
  const held = emulator.addPeer(at('held'), 'held');
  emulator.addPeer(at('late'), { ms: 60_000 });
  const never = emulator.addPeer(at('never'), 'never');
  for (const name of ['a', 'b']) await edit({ add: recordText(name, '192.0.2.1') });
  expect([serials(), held.waiting, never.waiting]).toEqual([[[1, 2], [], [], []], 2, 0]);
  await held.deliver(1);
  for (const wake of sleeps) wake();
  while (arrived['late']?.length !== 2) await new Promise((turn) => setImmediate(turn));
  expect(serials()).toEqual([[1, 2], [1], [1, 2], []]);
  const addresses = arrived['held']?.[0]?.records.filter(({ type }) => type === 'A');
  expect(addresses).toMatchObject([{ name: 'a.example.test' }]); // as the zone was then
  never.arrives('at-once');
  await edit({ add: recordText('c', '192.0.2.1') });
  expect(arrived['never']?.[0]?.names).toEqual(expect.arrayContaining(['a', 'b', 'c'].map((n) => `${n}.example.test`)));
});

it('takes to a peer what it missed once, and then only what is new', async () => {
  const { emulator, edit } = await serving();
  const told: (readonly string[])[] = [];
  const peer = emulator.addPeer(async ({ names }) => void told.push(names), 'never');
  await edit({ add: recordText('a', '192.0.2.1') });
  peer.arrives('at-once');
  for (const name of ['b', 'c']) await edit({ add: recordText(name, '192.0.2.1') });
  const below = told.map((names) => names.filter((name) => name !== 'example.test'));
  expect(below).toEqual([['a.example.test', 'b.example.test'], ['c.example.test']]);
});

it('takes nothing to a peer once it is stopped', async () => {
  let wake = () => {};
  const slept = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const { emulator, edit } = await serving({ sleep: () => slept });
  const told: ZoneChange[] = [];
  emulator.addPeer(async (change) => void told.push(change), { ms: 60_000 });
  await edit({ add });
  await emulator.stop();
  wake();
  await slept;
  await new Promise((turn) => setImmediate(turn));
  expect(told).toEqual([]);
});

it('tells peers nothing of a write that was refused', async () => {
  const { emulator, edit } = await serving();
  const peer = emulator.addPeer(async () => undefined, 'held');
  await edit({ add, serial: '1' });
  expect(peer.waiting).toBe(0);
});

it.each([
  ['for another name', makeCertificate(), 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['over', makeCertificate({ names: [], ips: ['127.0.0.1'], until: '2021-01-01T00:00:00' }), 'CERT_HAS_EXPIRED'],
  ['in order', makeCertificate({ names: [], ips: ['127.0.0.1'] }), null],
])('shows a certificate of its own, which is %s, and whose SHA-256 it tells', async (_, own, trouble) => {
  const emulator = await startCpanelEmulator({ certificate: own });
  onTestFinished(() => emulator.stop());
  expect(await met(emulator.bases.whm, {})).toMatch(/^(DEPTH_ZERO_SELF_SIGNED_CERT|CERT_HAS_EXPIRED)$/);
  expect(await met(emulator.bases.whm, { ca: own.cert })).toBe(trouble ?? own.sha256);
  expect(await met(emulator.bases.cpanel, { rejectUnauthorized: false })).toBe(emulator.certificate.sha256);
});

/** The SHA-256 of the certificate that was met, or the code of the error. */
function met(url: string, trust: RequestOptions): Promise<string> {
  return new Promise((resolve) => {
    const asked = request(url, { agent: false, ...trust }, (reply) => {
      resolve((reply.socket as TLSSocket).getPeerCertificate().fingerprint256);
      asked.destroy();
    });
    asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? '')).end();
  });
}
