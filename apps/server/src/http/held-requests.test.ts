import { connect } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeUser, signInAs } from '../services/accounts/testing/accounts.ts';
import { api, openSiege, type Siege } from './attacks/testing/siege.ts';

/*
 * Whoever is proven by the head of a request and holds its body back: meanwhile the user is removed, demoted, disabled or signed out. What
 * then comes must do nothing.
 */

let siege: Siege;
let port: number;
beforeAll(async () => {
  siege = await openSiege();
  port = Number(new URL(await siege.app.listen({ host: '127.0.0.1', port: 0 })).port);
  await makeUser(siege.deps, { email: 'always@example.com' });
});
afterAll(() => siege.close());

let people = 0;
async function administrator() {
  people += 1;
  const user = await makeUser(siege.deps, { email: `admin${people}@example.com` });
  return { ...user, ...(await signInAs(siege.deps, user)) };
}
type Administrator = Awaited<ReturnType<typeof administrator>>;

const all = { grants: [{ role: 'administrator', pool: null }] };
const asHost = (method: string, path: string, body?: unknown) =>
  siege.ask(method, `${api}${path}`, { secret: siege.house.token, ...(body !== undefined && { body }) });

/** Sends the head, waits until it has proven who asks, lets `meanwhile` happen, then sends the body. The reply's status and code. */
async function hold({ token, session }: Administrator, line: string, input: object, meanwhile: () => Promise<unknown>) {
  const { kysely: db } = siege.house.database;
  await sql`UPDATE session SET last_seen_at = now() - interval '2 minutes' WHERE id = ${session.id}`.execute(db);
  const body = JSON.stringify(input);
  const socket = connect(port, '127.0.0.1');
  const told = new Promise<string>((resolve, reject) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    socket.once('close', () => resolve(text));
    socket.once('error', reject);
  });
  socket.write(
    `${line} HTTP/1.1\r\nhost: plane.test\r\nconnection: close\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 1)}`,
  );
  await expect
    .poll(async () => {
      const seen =
        await sql`SELECT FROM session WHERE id = ${session.id} AND last_seen_at > now() - interval '1 minute'`;
      return (await seen.execute(db)).rows.length;
    })
    .toBe(1);
  const done = (await meanwhile()) as { status: number };
  expect(done.status).toBe(200);
  const changed = await siege.changedBy(async () => {
    socket.write(body.slice(1));
    await told;
  });
  const reply = await told;
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(reply)?.[1]), code: /"code":"(\w+)"/.exec(reply)?.[1], changed };
}

const ends: readonly (readonly [string, string, (asked: Administrator) => Promise<unknown>])[] = [
  ['removed', 'session_ended', ({ id }) => asHost('DELETE', `/users/${id}`)],
  ['disabled', 'session_ended', ({ id }) => asHost('PATCH', `/users/${id}`, { disabled: true })],
  ['signed out', 'session_ended', ({ id }) => asHost('DELETE', `/users/${id}/sessions`)],
  ['demoted', 'permission_denied', ({ id }) => asHost('PUT', `/users/${id}/grants`, { grants: [] })],
];

test.each(ends)('an invitation of who is %s before its body has come is none: %s', async (_what, code, end) => {
  const asked = await administrator();
  const input = { email: `friend${people}@example.com`, ...all };
  const reply = await hold(asked, `POST ${api}/invitations`, input, () => end(asked));
  expect(reply).toMatchObject({ code, changed: [] });
});

test('roles, a new name and a reset link of who was removed before the body has come are none', async () => {
  const friend = await makeUser(siege.deps, { email: 'friend@example.com', grants: [] });
  for (const [line, input] of [
    [`PUT ${api}/users/${friend.id}/grants`, all],
    [`PATCH ${api}/users/${friend.id}`, { name: 'Another' }],
    [`POST ${api}/users/${friend.id}/reset`, { twoFactor: true }],
  ] as const) {
    const asked = await administrator();
    const reply = await hold(asked, line, input, () => asHost('DELETE', `/users/${asked.id}`));
    expect(reply, line).toEqual({ status: 401, code: 'session_ended', changed: [] });
  }
});

test('a token is made within what its maker may when it is made, not when the request began', async () => {
  const token = { name: 't', permissions: ['pool:admin'] };
  const demoted = await administrator();
  const viewer = { grants: [{ role: 'viewer', pool: null }] };
  const less = () => asHost('PUT', `/users/${demoted.id}/grants`, viewer);
  expect(await hold(demoted, `POST ${api}/api-tokens`, token, less)).toMatchObject({
    code: 'grant_exceeds_own',
    changed: [],
  });
  const removed = await administrator();
  const gone = () => asHost('DELETE', `/users/${removed.id}`);
  expect(await hold(removed, `POST ${api}/api-tokens`, token, gone)).toMatchObject({
    code: 'session_ended',
    changed: [],
  });
});

test('an administrator who stays is let through, however late the body comes', async () => {
  const asked = await administrator();
  const other = await administrator();
  const reply = await hold(asked, `POST ${api}/invitations`, { email: 'late@example.com', ...all }, () =>
    asHost('DELETE', `/users/${other.id}`),
  );
  expect(reply).toMatchObject({ status: 201, changed: ['audit_entry', 'event', 'invitation'] });
});
