import { agentPaths } from '@serverctl/contract/agent';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeUser } from '../../services/accounts/testing/accounts.ts';
import { enrolRequest, newAgent } from '../agent/testing/test-agent.ts';
import { memberInput } from '../testing/built-edge.ts';
import { api, openSiege, type Siege } from './testing/siege.ts';

/*
 * Whoever writes into the headers what only a proxy knows (R36): to be somebody else for the limits, to be the host for the enrolment, to get
 * a cookie under other conditions.
 */

let bare: Siege;
let proxied: Siege;
const proxy = '10.0.0.5';
beforeAll(async () => {
  bare = await openSiege();
  proxied = await openSiege({ trustedProxies: [proxy] });
});
afterAll(async () => {
  await bare.close();
  await proxied.close();
});

/** Every header by which some program somewhere takes somebody's word for an address. */
const claims = (address: string): Readonly<Record<string, string>> => ({
  'x-forwarded-for': address,
  'x-real-ip': address,
  forwarded: `for=${address};proto=https;host=plane.test`,
  'x-client-ip': address,
  'x-cluster-client-ip': address,
  'true-client-ip': address,
  'cf-connecting-ip': address,
  'fastly-client-ip': address,
  via: `1.1 ${address}`,
});

let emails = 0;
async function statusesOf(siege: Siege, peer: string, headersOf: (nth: number) => Readonly<Record<string, string>>) {
  emails += 1;
  const { email } = await makeUser(siege.deps, { email: `limited${emails}@example.com` });
  const statuses: number[] = [];
  for (let nth = 0; nth < 9; nth += 1) {
    const body = { email, password: 'no, not this one', kind: 'command-line' };
    statuses.push((await siege.ask('POST', `${api}/session`, { body, peer, headers: headersOf(nth) })).status);
  }
  return statuses;
}
const limited = [401, 401, 401, 401, 401, 401, 429, 429, 429];
const unlimited = Array.from({ length: 9 }, () => 401);

test('a stranger’s headers are no other place: not before a control plane that knows no proxy, not past one that does', async () => {
  const forged = (nth: number) => claims(`203.0.113.${nth}`);
  expect(await statusesOf(bare, '192.0.2.1', forged)).toEqual(limited);
  expect(await statusesOf(proxied, '192.0.2.2', forged)).toEqual(limited);
});

test('behind a trusted proxy what stands left of its own hop is worth nothing, and its hop is another place', async () => {
  const leftOf = (nth: number) => ({ ...claims('x'), 'x-forwarded-for': `203.0.113.${nth}, 127.0.0.1, 192.0.2.3` });
  expect(await statusesOf(proxied, proxy, leftOf)).toEqual(limited);
  expect(await statusesOf(proxied, proxy, (nth) => ({ 'x-forwarded-for': `192.0.2.${100 + nth}` }))).toEqual(unlimited);
  // Everything else that it passes on is not read, also not from a trusted one.
  expect(
    await statusesOf(proxied, proxy, (nth) => ({ ...claims(`203.0.113.${nth}`), 'x-forwarded-for': '192.0.2.4' })),
  ).toEqual(limited);
});

test('failed tokens are counted by the socket’s peer too, whatever the headers say', async () => {
  const statuses: number[] = [];
  for (let nth = 0; nth < 22; nth += 1) {
    const headers = claims(`203.0.113.${nth}`);
    statuses.push((await bare.ask('GET', `${api}/me`, { secret: 'sct_wrong', peer: '192.0.2.5', headers })).status);
  }
  expect(statuses.slice(-2)).toEqual([429, 429]);
});

test('nobody becomes a member’s host by a header: the enrolment is refused, its secret stays unused', async () => {
  for (const [siege, peer, forwarded] of [
    [bare, '192.0.2.6', null],
    [bare, '127.0.0.1', null],
    [proxied, '192.0.2.6', null],
    [proxied, proxy, `198.51.100.51, 192.0.2.6`],
  ] as const) {
    const { client } = siege.house;
    const name = `${peer} ${forwarded}`;
    const number = 40 + emails;
    emails += 1;
    const pool = await client.pools.add({ name: `claimed-${number}` });
    const input = { ...memberInput(number), hostname: `claimed${number}.example.com` };
    const { member, enrolment } = await client.members.add(pool.id, {
      ...input,
      allowedEgress: ['198.51.100.51'],
      publicIpv4: null,
    });
    const agent = newAgent({ id: member.id, secret: enrolment.secret, hostname: input.hostname } as never);
    const headers = { ...claims('198.51.100.51'), ...(forwarded && { 'x-forwarded-for': forwarded }) };
    const body = enrolRequest(agent);
    const changed = await siege.changedBy(async () => {
      const answer = await siege.ask('POST', agentPaths.enrol, { body, peer, headers });
      expect(answer, name).toMatchObject({ status: 403, code: 'enrolment_wrong_ip' });
    });
    expect(changed, name).toEqual(['event']); // people are told of it
    const right = peer === proxy ? { 'x-forwarded-for': '198.51.100.51' } : {};
    const from = peer === proxy ? proxy : '198.51.100.51';
    expect((await siege.ask('POST', agentPaths.enrol, { body, peer: from, headers: right })).status, name).toBe(200);
  }
});

test('no header turns the cookie’s protection on or off: that is the server’s own setting', async () => {
  const headers = {
    'sec-fetch-site': 'same-origin',
    'x-forwarded-proto': 'https',
    'x-forwarded-ssl': 'on',
    'front-end-https': 'on',
  };
  const cookieOf = async (siege: Siege, peer: string, proto: string) => {
    const user = await makeUser(siege.deps, { email: `proto${peer}${proto}@example.com` });
    const body = { email: user.email, password: user.password };
    const answer = await siege.ask('POST', `${api}/session`, {
      body,
      peer,
      headers: { ...headers, 'x-forwarded-proto': proto },
    });
    expect(answer.status).toBe(201);
    return String(answer.headers['set-cookie']);
  };
  for (const proto of ['https', 'http']) {
    expect(await cookieOf(bare, '127.0.0.1', proto)).not.toContain('Secure');
    for (const peer of [proxy, '192.0.2.8'])
      expect(await cookieOf(proxied, peer, proto)).toMatch(/^__Host-.*; Secure$/);
  }
});

test('an origin is not made ours by what a proxy may say of the host', async () => {
  for (const siege of [bare, proxied]) {
    const headers = {
      origin: 'https://evil.example',
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example;proto=https',
      'x-forwarded-proto': 'https',
      'x-original-host': 'evil.example',
    };
    const user = await makeUser(siege.deps, { email: 'origin@example.com' });
    const body = { email: user.email, password: user.password };
    const answer = await siege.ask('POST', `${api}/session`, { body, headers, peer: proxy });
    expect(answer).toMatchObject({ status: 403, code: 'origin_refused' });
  }
});
