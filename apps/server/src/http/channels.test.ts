import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '@serverctl/core';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock as clock } from '../platform/clock.ts';
import { openReceiver, type Receiver } from '../services/notifications/testing/receiver.ts';
import { createOutbound } from '../services/outbound.ts';
import { type BuiltEdge, buildEdge } from './testing/built-edge.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';

let directory: string;
let house: OperatorHouse;
let edge: BuiltEdge;
let receiver: Receiver;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-channels-'));
  house = await openOperatorHouse(directory);
  edge = await buildEdge(house);
  receiver = await openReceiver();
  const allowPrivate = ['hooks.example.com', 'mail.example.com'].map((host) => ({ host, port: receiver.port }));
  const lookup = async () => [{ address: '127.0.0.1', family: 4 }];
  Object.assign(house.deps.outbound, createOutbound({ clock, allowPrivate, lookup }));
});
afterAll(async () => {
  receiver.close();
  await house.close();
  await rm(directory, { recursive: true });
});

const channels = () => house.client.channels;
const code = (asked: Promise<unknown>) =>
  asked.then(
    () => 'done',
    (error: unknown) => (isAppError(error) ? error.code : error),
  );
const mail = (port: number) => ({
  kind: 'email' as const,
  host: 'mail.example.com',
  port,
  user: 'alerts',
  password: 'canary-password',
  from: 'ServerCTL <alerts@example.com>',
  to: ['one@example.com'],
});
const lastAudit = () =>
  house.database.kysely.selectFrom('audit_entry').selectAll().orderBy('seq', 'desc').limit(1).executeTakeFirstOrThrow();

test('a webhook is tried as every notice goes, signed with the secret that was shown once', async () => {
  const { channel, signingSecret } = await channels().add({ kind: 'webhook', url: receiver.url });
  expect(signingSecret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(channel).toMatchObject({ name: `http://hooks.example.com:${receiver.port}`, kinds: null, enabled: true });
  expect(await channels().test(channel.id)).toMatchObject({ delivered: true, status: 204 });
  const [got] = receiver.received;
  const verify = (secret: string | null) =>
    new Webhook(secret ?? '').verify(got?.body ?? '', got?.headers as Record<string, string>);
  expect(verify(signingSecret)).toMatchObject({ kind: 'channel.test', severity: 'info' });
  const { deliveries } = await channels().deliveries(channel.id);
  expect(deliveries[0]).toMatchObject({ id: got?.headers['webhook-id'], kind: 'channel.test', state: 'delivered' });
  receiver.reply = () => ({ status: 500 });
  expect(await channels().test(channel.id)).toMatchObject({ delivered: false, status: 500 });
  receiver.reply = () => ({ status: 204 });
  const failed = (await channels().list()).channels.find(({ id }) => id === channel.id)?.lastDelivery;
  expect(failed).toMatchObject({ state: 'failed', attempts: 1, nextAttemptAt: null });
  const renewed = await channels().newSecret(channel.id);
  expect(renewed.signingSecret).not.toBe(signingSecret);
  expect(() => verify(renewed.signingSecret)).toThrow();
  await channels().remove(channel.id);
});

test('no secret of a channel is stored in clear, audited, logged or shown again', async () => {
  const made = await channels().add({ kind: 'webhook', url: receiver.url });
  const letter = await channels().add(mail(receiver.port));
  const slack = await channels().add({ kind: 'slack', url: receiver.url });
  expect([letter.signingSecret, slack.signingSecret]).toEqual([null, null]);
  await channels().test(letter.channel.id);
  const shown = JSON.stringify([await channels().list(), await channels().deliveries(letter.channel.id)]);
  const everything = (await house.stored()) + house.logged() + shown;
  for (const secret of ['canary-url', 'canary-password', made.signingSecret?.slice('whsec_'.length) ?? ''])
    expect(everything).not.toContain(secret);
  expect(letter.channel.origin).toBe(`mail.example.com:${receiver.port} → one@example.com`);
  for (const { channel } of [made, letter, slack]) await channels().remove(channel.id);
});

test('what a channel is told of is changed, by pool name, with its audit entry, and a disabled one hears nothing', async () => {
  const { channel } = await channels().add({ kind: 'slack', url: receiver.url, name: 'chat' });
  const change = { leastSeverity: 'warning', kinds: ['pool.held', 'pool.held'], pools: ['edge'] } as const;
  const view = await channels().set(channel.id, { ...change, kinds: [...change.kinds], pools: [...change.pools] });
  expect(view).toMatchObject({ leastSeverity: 'warning', kinds: ['pool.held'], poolIds: [edge.pool] });
  const details = { name: 'chat', leastSeverity: 'warning', kinds: ['pool.held'], poolIds: [edge.pool], enabled: true };
  expect(await lastAudit()).toMatchObject({ action: 'channel.update', target: channel.id, details });
  expect(await channels().set(channel.id, { enabled: false })).toMatchObject({ enabled: false });
  const { events } = await house.client.events({ limit: 1 });
  expect(events).toMatchObject([{ kind: 'channel.changed', sentence: 'Nothing goes to the channel chat now.' }]);
  await channels().set(channel.id, { kinds: null, pools: null, leastSeverity: 'info' });
  await house.client.pools.pause('edge', { reason: 'a test' });
  expect((await channels().deliveries(channel.id)).deliveries.filter(({ kind }) => kind === 'pool.paused')).toEqual([]);
  await channels().remove(channel.id);
});

test('what waits for a channel ends when it is disabled, and a person’s act waits for all that hear of it', async () => {
  const { channel } = await channels().add({ kind: 'slack', url: receiver.url, kinds: ['channel.changed'] });
  await channels().set(channel.id, { name: 'chat' });
  expect((await channels().deliveries(channel.id)).deliveries).toMatchObject([
    { kind: 'channel.changed', state: 'pending', sentence: 'The channel chat was changed.' },
  ]);
  await channels().set(channel.id, { enabled: false });
  expect((await channels().deliveries(channel.id)).deliveries).toMatchObject([
    { state: 'failed', answer: 'The channel was disabled.' },
  ]);
  await channels().remove(channel.id);
});

test('what cannot be is refused, and leaves nothing', async () => {
  const { channel } = await channels().add({ kind: 'slack', url: receiver.url });
  const before = await house.stored();
  const url = receiver.url;
  expect(await code(channels().add({ kind: 'webhook', url, kinds: ['pool.exploded'] }))).toBe('event_kind_unknown');
  expect(await code(channels().add({ kind: 'webhook', url, pools: ['nothing'] }))).toBe('pool_not_found');
  expect(await code(channels().set(channel.id, { kinds: ['toString'] }))).toBe('event_kind_unknown');
  expect(await code(channels().newSecret(channel.id))).toBe('channel_cannot_sign');
  expect(await code(channels().deliveries('000000000000'))).toBe('channel_not_found');
  expect(await code(channels().add({ kind: 'slack', url: 'http://hooks.example.com:1/' }))).toBe('outbound_forbidden');
  expect(await code(channels().add(mail(25)))).toBe('outbound_forbidden');
  const letter = mail(receiver.port);
  for (const wrong of [
    { ...letter, from: 'a@example.com\r\nBcc: evil@example.net' },
    { ...letter, from: 'nobody' },
    { ...letter, user: 'alerts\r\nRCPT TO:<evil@example.net>' },
    { ...letter, to: ['one@example.com\nBcc: evil@example.net'] },
    { ...letter, security: 'none' as const },
    { ...letter, password: null },
  ])
    expect(await code(channels().add(wrong))).toBe('request_invalid');
  expect(await house.stored()).toBe(before);
  await channels().remove(channel.id);
});

test('every kind of event can be listed, with its page', async () => {
  const { kinds } = await channels().eventKinds();
  expect(kinds.find(({ kind }) => kind === 'dns.blocked')).toEqual({
    kind: 'dns.blocked',
    severity: 'critical',
    summary: 'The provider does not take a name’s new address.',
    recoveredBy: 'dns.recovered',
    runbook: 'docs/runbooks/dns-blocked.md',
  });
});
