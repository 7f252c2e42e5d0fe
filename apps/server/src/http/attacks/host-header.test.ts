import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeUser, signInAs } from '../../services/accounts/testing/accounts.ts';
import { memberInput } from '../testing/built-edge.ts';
import { publicUrl } from '../testing/operator-house.ts';
import { api, openSiege, type Siege } from './testing/siege.ts';

/* Whoever asks under another name, so that what the control plane writes leads people and hosts to the attacker. */

let siege: Siege;
beforeAll(async () => {
  siege = await openSiege();
});
afterAll(() => siege.close());

const forged = {
  host: 'evil.example',
  'x-forwarded-host': 'evil.example',
  'x-host': 'evil.example',
  'x-original-url': '/evil',
  forwarded: 'host=evil.example',
};

test('links for people lead to the configured address, whatever the request says', async () => {
  const user = await makeUser(siege.deps, { email: 'target@example.com' });
  const { token: secret } = siege.house;
  for (const [path, body] of [
    ['/invitations', { email: 'invited@example.com', grants: [{ role: 'viewer', pool: null }] }],
    ['/invitations/setup', undefined],
    [`/users/${user.id}/reset`, {}],
  ] as const) {
    const answer = await siege.ask('POST', `${api}${path}`, { body, secret, headers: forged });
    expect(answer.status, path).toBe(201);
    expect(answer.body.link, path).toMatch(new RegExp(`^${publicUrl}/join#scl_[\\w-]{43}$`));
    expect(answer.text, path).not.toContain('evil');
  }
});

test('install lines, the script and everything else that is downloaded name the configured address only', async () => {
  const { token: secret } = siege.house;
  const pool = await siege.house.client.pools.add({ name: 'lines' });
  const added = await siege.ask('POST', `${api}/pools/${pool.id}/members`, {
    secret,
    headers: forged,
    body: memberInput(61),
  });
  expect(added.status).toBe(201);
  expect(added.body.enrolment.command).toContain(publicUrl);
  for (const path of ['/install/agent.sh', '/join', `${api}/openapi.json`, `${api}/nothing`, `${api}/pools`]) {
    const answer = await siege.ask('GET', path, { headers: forged, secret });
    expect(answer.text, path).not.toContain('evil.example');
    expect(answer.headers['location'], path).toBeUndefined();
  }
  expect(added.text).not.toContain('evil');
});

test('a page of another name is not ours because it names itself as the host', async () => {
  const user = await makeUser(siege.deps, { email: 'named@example.com' });
  const cookie = (await signInAs(siege.deps, user, 'browser')).headers['cookie'] ?? '';
  const from = (headers: Readonly<Record<string, string>>) =>
    siege.ask('POST', `${api}/pools`, { body: { name: 'forged' }, headers: { cookie, ...headers } });
  const changed = await siege.changedBy(async () => {
    for (const headers of [
      { host: 'plane.test', origin: 'http://evil.example' },
      { host: 'plane.test', origin: 'http://plane.test.evil.example' },
      { host: 'plane.test', origin: 'http://plane.test@evil.example' },
      { host: 'plane.test:7400', origin: 'http://plane.test' },
      { host: 'plane.test', origin: 'https://plane.test:80' },
      { host: 'evil.example', origin: 'https://evil.example' }, // another scheme than the one that is spoken
      { host: 'evil.example', origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' },
      { host: '', origin: 'http://' },
    ]) {
      expect(await from(headers), JSON.stringify(headers)).toMatchObject({ status: 403, code: 'origin_refused' });
    }
  });
  expect(changed.filter((name) => name !== 'session')).toEqual([]);
});

test('a session’s cookie belongs to one host: no reply gives it a domain', async () => {
  const user = await makeUser(siege.deps, { email: 'domain@example.com' });
  const body = { email: user.email, password: user.password };
  const headers = { ...forged, 'sec-fetch-site': 'same-origin' };
  const answer = await siege.ask('POST', `${api}/session`, { body, headers });
  expect(answer.status).toBe(201);
  expect(String(answer.headers['set-cookie'])).not.toMatch(/domain|evil/i);
});
