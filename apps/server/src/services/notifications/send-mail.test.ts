import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { createFakeClock } from '../../../../../testkit/src/fake-clock.ts';
import { systemClock as clock } from '../../platform/clock.ts';
import { createOutbound } from '../outbound.ts';
import { openRunbooks } from '../runbooks.ts';
import type { MailSecret } from './channel-secret.ts';
import type { Message } from './message.ts';
import { sendMail } from './send-mail.ts';
import { type MailServer, openMailServer, trustMailServers } from './testing/mail-server.ts';

beforeAll(trustMailServers);
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function serve(...options: Parameters<typeof openMailServer>): Promise<MailServer> {
  const server = await openMailServer(...options);
  open.push(server);
  return server;
}

const channel = (port: number, change: Partial<MailSecret> = {}): MailSecret => ({
  kind: 'email',
  host: 'mail.example.com',
  port,
  security: 'starttls',
  user: 'alerts',
  password: 'right',
  from: 'ServerCTL <alerts@example.com>',
  to: ['one@example.com', 'two@example.com'],
  ...change,
});
const message = (change: Partial<Message['notice']> = {}, id = 'n1_c1'): Message => ({
  id,
  happenedAt: new Date('2026-01-31T03:12:00.000Z'),
  notice: {
    kind: 'member.heartbeat-lost',
    severity: 'critical',
    poolId: 'p1',
    memberId: 'm1',
    pool: 'edge',
    member: 'lb1.example.com',
    sentence: 'lb1.example.com: not heard for 30 s.',
    details: { secret: 'canary' },
    ...change,
  },
});

const runbooks = openRunbooks({ publicUrl: 'https://plane.example.com' });
const outboundTo = (port: number, time = clock) =>
  createOutbound({
    clock: time,
    allowPrivate: [{ host: 'mail.example.com', port }],
    lookup: async () => [{ address: '127.0.0.1', family: 4 }],
  });
const mail = (secret: MailSecret, sent = message()) =>
  sendMail({ outbound: outboundTo(secret.port), clock, runbooks }, secret, sent);

test('a mail goes over STARTTLS with the password, to all, and says pool, member, what happened, when, what to do', async () => {
  const server = await serve();
  expect(await mail(channel(server.port))).toMatchObject({ delivered: true, status: 250 });
  expect(server.signIns).toEqual([['alerts', 'right']]);
  expect(server.recipients).toEqual(['one@example.com', 'two@example.com']);
  const [got] = server.mails;
  expect(got?.from?.text).toBe('"ServerCTL" <alerts@example.com>');
  expect(got?.subject).toBe('[critical] edge, lb1.example.com: lb1.example.com: not heard for 30 s.');
  expect(got?.date).toEqual(new Date('2026-01-31T03:12:00.000Z'));
  expect(got?.html).toBe(false);
  for (const line of [
    'lb1.example.com: not heard for 30 s.',
    'pool: edge',
    'member: lb1.example.com',
    'time: 2026-01-31T03:12:00.000Z',
    'what to do: https://plane.example.com/runbooks/member-heartbeat-lost.md',
  ])
    expect(got?.text?.split('\n')).toContain(line);
  expect(server.raw[0]).not.toContain('canary');
});

test('a recovery answers the mail of its trouble, and a retry is the same mail', async () => {
  const server = await serve();
  await mail(channel(server.port));
  await mail(channel(server.port));
  const over = { kind: 'member.healthy', severity: 'info', ends: 'n1_c1' } as const;
  await mail(channel(server.port), message(over, 'n2_c1'));
  const [first, retry, end] = server.mails;
  expect(first?.messageId).toBe('<n1_c1@example.com>');
  expect(retry?.messageId).toBe(first?.messageId);
  expect(end).toMatchObject({ messageId: '<n2_c1@example.com>', inReplyTo: first?.messageId });
  expect(end?.references).toEqual(first?.messageId);
});

test('a line end in a name or sentence makes no header and no line of its own', async () => {
  const server = await serve();
  const evil = 'lb1\r\nBcc: evil@example.net\r\n\r\nInjected: yes\u2028more';
  const from = 'Server\r\nBcc: evil@example.net\r\nX: CTL <alerts@example.com>';
  await mail(channel(server.port, { from }), message({ pool: evil, member: evil, sentence: evil }));
  expect(server.recipients).toEqual(['one@example.com', 'two@example.com']);
  const [got] = server.mails;
  expect([got?.bcc, got?.headers.get('x'), got?.headers.get('injected')]).toEqual([undefined, undefined, undefined]);
  expect(server.raw[0]).not.toMatch(/^(Bcc|Injected|X):/m);
});

test.each([
  ['a server without STARTTLS gets neither mail nor password', { disabledCommands: ['STARTTLS'] }, {}],
  ['a certificate for another name ends it', {}, { name: 'other.example.com' }],
  ['TLS from the start is checked likewise', { secure: true }, { name: 'other.example.com', security: 'tls' as const }],
])('%s', async (_what, options, { name, security = 'starttls' }: { name?: string; security?: 'tls' | 'starttls' }) => {
  const server = await serve({ ...options, hideSTARTTLS: 'disabledCommands' in options }, name);
  expect(await mail(channel(server.port, { security }))).toMatchObject({ delivered: false });
  expect([server.signIns, server.mails]).toEqual([[], []]);
});

test('TLS from the start works', async () => {
  const server = await serve({ secure: true });
  expect(await mail(channel(server.port, { security: 'tls' }))).toMatchObject({ delivered: true });
  expect(server.signIns).toEqual([['alerts', 'right']]);
});

test('`none` sends in clear and never a password, even if one is stored', async () => {
  const server = await serve({ allowInsecureAuth: true });
  expect(await mail(channel(server.port, { security: 'none' }))).toMatchObject({ delivered: true });
  expect([server.signIns, server.mails.length]).toEqual([[], 1]);
});

test('a wrong password is told by its code, without the password or the server’s words', async () => {
  const server = await serve();
  const answer = await mail(channel(server.port, { password: 'canary-password' }));
  expect(answer).toMatchObject({ delivered: false, status: 535 });
  expect(answer.sentence).toBe('mail.example.com answered 535 to AUTH PLAIN.');
});

async function raw(talk: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {});
    talk(socket);
  });
  open.push({ close: () => server.close() });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

test('a server that talks without end is cut off', async () => {
  const port = await raw((socket) => {
    const talk = () => void (socket.writable && socket.write('220-more\r\n'.repeat(2_000), talk));
    talk();
  });
  expect(await mail(channel(port))).toMatchObject({ delivered: false, status: null });
});

test('a server that says nothing is cut off by the clock, and an attempt that nobody wants any more at once', async () => {
  const connected = Promise.withResolvers<Socket>();
  const port = await raw((socket) => connected.resolve(socket));
  const time = createFakeClock();
  const first = sendMail({ outbound: outboundTo(port, time), clock: time, runbooks }, channel(port), message());
  await connected.promise;
  await time.advance(21_000);
  expect(await first).toMatchObject({ delivered: false, status: null });
  const stop = new AbortController();
  const second = sendMail({ outbound: outboundTo(port), clock, runbooks }, channel(port), message(), stop.signal);
  stop.abort();
  expect(await second).toMatchObject({ delivered: false });
});
