import { connect, type Socket } from 'node:net';
import { agentPaths } from '@serverctl/contract/agent';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock as clock } from '../../platform/clock.ts';
import { makeUser } from '../../services/accounts/testing/accounts.ts';
import { enrolRequest, heartbeat, newAgent, tokenRequest } from '../agent/testing/test-agent.ts';
import { memberInput } from '../testing/built-edge.ts';
import { api, openSiege, type Siege } from './testing/siege.ts';

/*
 * Whoever holds connections open, on real sockets and in real time: heads, bodies and silences that never end, too many headers, and all the
 * while everything else that can be tried. Hosts that beat must not notice: a failover would begin by their silence.
 */

let siege: Siege;
let port: number;
beforeAll(async () => {
  siege = await openSiege({ clock });
  port = Number(new URL(await siege.app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterAll(() => siege.close());

/** 15 s and what a loaded machine adds. Unless it is told to, Node looks every 30 s. */
const longestMs = 25_000;

interface Held {
  readonly socket: Socket;
  /** How long it was held, and what it was told. */
  readonly ended: Promise<{ ms: number; reply: string }>;
}

/** Sends the beginning, then the rest letter by letter, each half a second, until the other side ends it. */
function hold(beginning: string, rest: string): Held {
  const startedAt = clock.now();
  const socket = connect(port, '127.0.0.1', () => socket.write(beginning));
  let reply = '';
  let sent = 0;
  let cancel = () => {};
  const drip = () => {
    if (!socket.writable) return;
    if (rest !== '') socket.write(rest[sent % rest.length] ?? '');
    sent += 1;
    cancel = clock.after(500, drip);
  };
  drip();
  socket.on('data', (chunk) => {
    reply += String(chunk);
  });
  socket.on('error', () => {});
  const ended = new Promise<{ ms: number; reply: string }>((resolve) =>
    socket.once('close', () => {
      cancel();
      resolve({ ms: clock.now() - startedAt, reply });
    }),
  );
  return { socket, ended };
}

const head = (length: number) =>
  `POST ${api}/session HTTP/1.1\r\nhost: plane.test\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

const slow: readonly (readonly [string, string, string])[] = [
  ['a head, a letter at a time', 'GET /healthz HTTP/1.1\r\nhost: plane.test\r\nx-slow: ', 'x'],
  ['headers without end, one after the other', 'GET /healthz HTTP/1.1\r\nhost: plane.test\r\n', 'x: y\r\n'],
  ['a request line that stops', 'GET /heal', ''],
  ['nothing at all', '', ''],
  ['a body, a letter at a time', `${head(10_000)}{"email":"`, 'x'],
  ['a body that stops', `${head(10_000)}{`, ''],
  [
    'a body in pieces without end',
    `${head(0).replace('content-length: 0', 'transfer-encoding: chunked')}1\r\n[\r\n`,
    '1\r\n \r\n',
  ],
];

async function beatingHost() {
  const { client } = siege.house;
  const pool = await client.pools.add({ name: 'beating' });
  const input = { ...memberInput(81), allowedEgress: ['127.0.0.1'] };
  const { member, enrolment } = await client.members.add(pool.id, input);
  const agent = newAgent({ id: member.id, secret: enrolment.secret, hostname: input.hostname } as never);
  const ask = async (path: string, body: unknown, token = '') => {
    const startedAt = clock.now();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return { status: reply.status, json: (await reply.json()) as Record<string, never>, ms: clock.now() - startedAt };
  };
  await ask(agentPaths.enrol, enrolRequest(agent));
  const { nonce = '' } = (await ask(agentPaths.nonce, { memberId: member.id })).json as { nonce?: string };
  const { token = '', boot = 0 } = (await ask(agentPaths.token, tokenRequest(agent, nonce, null))).json;
  let seq = 0;
  return () => {
    seq += 1;
    return ask(agentPaths.heartbeat, heartbeat(agent.member, boot, seq), token);
  };
}

test('210 slow connections are each ended by the server, and beside them, and a flood of everything else, every beat is answered in time', async () => {
  const beat = await beatingHost();
  const user = await makeUser(siege.deps, { email: 'flooded@example.com' });
  const held = slow.flatMap(([what, beginning, rest]) =>
    Array.from({ length: 30 }, () => ({ what, ...hold(beginning, rest) })),
  );
  const all = Promise.all(held.map(async ({ what, ended }) => ({ what, ...(await ended) })));
  let going = true;
  void all.then(() => {
    going = false;
  });
  const flood = async (attack: (nth: number) => Promise<unknown>) => {
    for (let nth = 0; going; nth += 1) {
      await attack(nth);
      await clock.sleep(25);
    }
  };
  const big = `{"name":"${'x'.repeat(300 * 1024)}"}`;
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  const json = { 'content-type': 'application/json' };
  const floods = [
    flood((nth) => siege.ask('POST', `${api}/session`, { body: { email: user.email, password: `wrong ${nth}` } })),
    flood((nth) =>
      siege.ask('POST', `${api}/session`, { body: { email: `nobody${nth}@example.com`, password: 'wrong' } }),
    ),
    flood(() => siege.ask('GET', `${api}/pools`, { secret: `scs_${'A'.repeat(43)}` })),
    flood(() => siege.ask('POST', `${api}/invitations/show`, { body: { secret: 'scl_guess' } })),
    flood(() => siege.ask('POST', `${api}/session`, { raw: big, headers: json })),
    flood(() => siege.ask('POST', `${api}/session`, { raw: deep, headers: json })),
  ];
  const beats: { status: number; ms: number }[] = [];
  while (going) {
    beats.push(await beat());
    await clock.sleep(200);
  }
  await Promise.all(floods);
  for (const { what, ms, reply } of await all) {
    expect(ms, what).toBeLessThan(longestMs);
    expect(reply, what).not.toMatch(/^HTTP\/1\.1 [25]0\d/);
  }
  expect(beats.length).toBeGreaterThan(30);
  expect(new Set(beats.map(({ status }) => status))).toEqual(new Set([200]));
  expect(Math.max(...beats.map(({ ms }) => ms))).toBeLessThan(2_000); // an agent waits two seconds
}, 60_000);

function send(text: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let reply = '';
    socket.on('data', (chunk) => {
      reply += String(chunk);
    });
    socket.on('error', () => {});
    socket.once('close', () => resolve(reply));
  });
}

const request = (rest: string) => `GET /healthz HTTP/1.1\r\nhost: plane.test\r\nconnection: close\r\n${rest}\r\n`;

test.each([
  ['too many headers', request(Array.from({ length: 3_000 }, (_, nth) => `x-${nth}: y\r\n`).join(''))],
  ['a header that is too long', request(`x: ${'y'.repeat(20_000)}\r\n`)],
  ['an address that is too long', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`],
  ['two lengths', `POST ${api}/session HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 40\r\n\r\n{}`],
  [
    'a length and pieces at once',
    `POST ${api}/session HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nhost: x\r\n\r\n`,
  ],
  [
    'an encoding of the transfer that is none',
    `POST ${api}/session HTTP/1.1\r\nhost: x\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'a piece whose length is no number',
    `POST ${api}/session HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n\r\n`,
  ],
  ['a length below nothing', `POST ${api}/session HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n`],
  ['a header over two lines', request('x: a\r\n b: c\r\n').replace('x: a\r\n b', 'x : a\r\nb')],
  ['a NUL in a header', request('x: a\0b\r\n')],
  ['no host', 'GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n'],
  ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  [
    'bytes that are no HTTP',
    Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x0d, 0x0a, 0x0d, 0x0a]),
  ],
])(
  '%s on the wire is refused once and the connection ends: nothing behind it is read as another request',
  async (_what, text) => {
    const changed = await siege.changedBy(async () => {
      const reply = await send(text);
      const answers = reply.split(/(?=HTTP\/1\.1 )/).filter((part) => part !== '');
      expect(answers.length, reply).toBeLessThanOrEqual(1);
      expect(reply).not.toMatch(/^HTTP\/1\.1 (2|5)/);
    });
    expect(changed.filter((name) => !name.startsWith('member'))).toEqual([]);
  },
);
