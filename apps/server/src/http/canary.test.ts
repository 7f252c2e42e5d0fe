import { agentPaths } from '@serverctl/contract/agent';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeEvent } from '../db/repositories/events.ts';
import { carryDeliveries } from '../services/notifications/delivery-loop.ts';
import { type Asking, api } from './attacks/testing/siege.ts';
import { declaredRoutes } from './permission.ts';
import { goodKey } from './testing/built-edge.ts';
import { formsOf, type Place, search } from './testing/canaries.ts';
import { openSeededHouse, type SeededHouse } from './testing/seeded-house.ts';

/*
 * A canary in each kind of secret (I16, R38): seeded through the API, driven through every route that could tell it, failures first of all,
 * and then looked for in every table, the log at its most talkative, every reply and everything that was sent to people.
 */

let seeded: SeededHouse;
beforeAll(async () => {
  seeded = await openSeededHouse();
});
afterAll(() => seeded.close());

/** Every column of every table: as text, and where it holds bytes as those. */
async function tables(): Promise<readonly Place[]> {
  const { db } = seeded.siege.deps;
  const { rows: columns } = await sql<{ tab: string; col: string; type: string }>`
    SELECT table_name AS tab, column_name AS col, data_type AS type
    FROM information_schema.columns WHERE table_schema = 'public'`.execute(db);
  const places: Place[] = [];
  for (const { tab, col, type } of columns) {
    const column = sql.ref(col);
    const { rows } = await sql<{ text: string | null }>`
      SELECT string_agg(${column}::text, E'\n') AS text FROM ${sql.table(tab)}`.execute(db);
    places.push({ name: `${tab}.${col}`, content: Buffer.from(rows[0]?.text ?? '') });
    if (type !== 'bytea') continue;
    const bytes = await sql<{ value: Buffer | null }>`SELECT ${column} AS value FROM ${sql.table(tab)}`.execute(db);
    places.push({
      name: `${tab}.${col} as bytes`,
      content: Buffer.concat(bytes.rows.map(({ value }) => value ?? Buffer.of())),
    });
  }
  return places;
}

async function everywhere(): Promise<readonly Place[]> {
  const { siege, replies, receivers, mail } = seeded;
  const told = receivers.flatMap(({ received }) => received.map((one) => JSON.stringify(one)));
  return [
    ...(await tables()),
    { name: 'the log', content: Buffer.from(siege.logged()) },
    ...told.map((text, nth) => ({ name: `delivery ${nth}`, content: Buffer.from(text) })),
    ...mail.raw.map((text, nth) => ({ name: `mail ${nth}`, content: Buffer.from(text) })),
    ...replies,
  ];
}

/** Every route that only reads, as whoever may read everything. */
async function readEverything(): Promise<void> {
  const { siege, ids, tell, secretOf } = seeded;
  const refs: Readonly<Record<string, string>> = {
    ':poolId': ids.pool,
    ':memberId': ids.member,
    ':userId': ids.user,
    ':credentialId': ids.credential,
    ':bindingId': ids.binding,
    ':channelId': ids.webhook,
  };
  for (const { method, url, permission } of declaredRoutes(siege.app)) {
    if (method !== 'GET' || permission.startsWith('agent:')) continue;
    const path = url.replaceAll(/:\w+/g, (name) => refs[name] ?? 'nothing');
    for (const secret of ['administrator token', 'session after a new password', 'API token', null])
      await tell('GET', path, secret === null ? {} : { secret: secretOf(secret) });
  }
}

/** Bodies that are right but for one thing, each with a secret in it; and what no client sends. */
async function failWithEachSecret(): Promise<void> {
  const { secretOf, tell, ids } = seeded;
  const host = secretOf('administrator token');
  const password = secretOf('password');
  const tsig = { ...goodKey, secret: secretOf('TSIG secret') };
  const cloudflare = { provider: 'cloudflare', token: secretOf('DNS provider’s token') };
  const url = `http://hooks.example.com:1/?token=${secretOf('webhook address')}`;
  const mail = {
    kind: 'email',
    host: 'mail.example.com',
    from: 'a@example.com',
    to: ['b@example.com'],
    user: 'u',
    password: secretOf('SMTP password'),
  };
  const enrol = {
    protocol: 1,
    secret: secretOf('enrolment secret'),
    hostname: 'x.example.com',
    publicKey: 'A'.repeat(43),
    agentVersion: '1',
  };
  const bodies: readonly (readonly [string, string, object])[] = [
    ['POST', '/api/v1/session', { email: 'seeded@example.com', password }],
    [
      'POST',
      '/api/v1/session',
      { email: 'seeded@example.com', password, recoveryCode: secretOf('recovery code').slice(0, -1) },
    ],
    ['POST', '/api/v1/session', { email: 'nobody@example.com', password }],
    ['POST', '/api/v1/session/step-up', { password: secretOf('password before') }],
    ['POST', '/api/v1/me/password', { current: secretOf('password before'), next: password }],
    ['POST', '/api/v1/me/password', { current: password, next: 'seeded@example.com' }],
    ['POST', '/api/v1/invitations/accept', { secret: secretOf('setup link'), password }],
    ['POST', '/api/v1/invitations/accept', { secret: secretOf('invitation'), password: 'passwordpassword' }],
    ['POST', '/api/v1/invitations/accept', { secret: secretOf('reset link'), name: 'x', password }],
    ['POST', '/api/v1/dns-credentials', { name: 'seeded', settings: tsig }],
    [
      'POST',
      '/api/v1/dns-credentials',
      {
        name: 'x',
        settings: { ...tsig, keyName: 'wrong-secret' },
        test: { zone: 'example.com', name: 'x.example.com' },
      },
    ],
    ['POST', '/api/v1/dns-credentials', { name: 'x', settings: { ...tsig, secret: `${tsig.secret}*` } }],
    ['PATCH', `/api/v1/dns-credentials/${ids.credential}`, { settings: { secret: tsig.secret } }],
    ['POST', '/api/v1/dns-credentials', { name: 'seeded', settings: cloudflare }],
    ['POST', '/api/v1/dns-credentials', { name: 'x', settings: { ...cloudflare, token: `${cloudflare.token} twice` } }],
    ['POST', '/api/v1/dns-credentials', { name: 'x', settings: { ...cloudflare, apiBase: 'http://example.com/v4' } }],
    ['PATCH', '/api/v1/dns-credentials/cf', { settings: { token: `${cloudflare.token} twice` } }],
    ['PATCH', '/api/v1/dns-credentials/cf', { settings: { secret: cloudflare.token } }],
    ['POST', '/api/v1/notification-channels', { kind: 'webhook', url }],
    ['POST', '/api/v1/notification-channels', { kind: 'webhook', url: url.replace('http:', 'ftp:') }],
    ['POST', '/api/v1/notification-channels', { kind: 'slack', url: `${secretOf('slack address')} is no address` }],
    ['POST', '/api/v1/notification-channels', { ...mail, security: 'none' }],
    ['POST', '/api/v1/notification-channels', { ...mail, port: 1 }],
    ['POST', '/api/v1/notification-channels', { ...mail, password: `${mail.password}\n` }],
    ['POST', agentPaths.enrol, enrol],
    ['POST', agentPaths.enrol, { ...enrol, protocol: 99 }],
  ];
  for (const [method, path, body] of bodies) {
    for (const secret of [host, secretOf('session after a new password'), null]) {
      const asked: Asking = { secret };
      const text = JSON.stringify(body);
      await tell(method, path, { ...asked, body });
      await tell(method, path, { ...asked, body: { ...body, unknown: 1 } });
      await tell(method, path, {
        ...asked,
        body: Object.fromEntries(Object.entries(body).map(([key, value]) => [key, [value]])),
      });
      const raw = { ...asked, headers: { 'content-type': 'application/json' } };
      await tell(method, path, { ...raw, raw: text.slice(0, -3) });
      await tell(method, path, { ...raw, raw: `${text}${text}` });
      await tell(method, path, { ...raw, raw: text, headers: { 'content-type': 'text/plain' } });
      await tell(method, path, {
        ...raw,
        raw: text,
        headers: { 'content-type': 'application/json', origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      });
    }
  }
}

/** Secrets where none belongs: the address, the query, other headers. What comes back repeats the address to whoever wrote it. */
async function misplaceEachSecret(): Promise<void> {
  const { canaries, tell, secretOf } = seeded;
  const secret = secretOf('administrator token');
  for (const { kind, text } of canaries) {
    const ref = encodeURIComponent(text);
    for (const path of ['pools', 'users', 'api-tokens', 'invitations', 'nothing'])
      for (const method of ['GET', 'DELETE']) await tell(method, `${api}/${path}/${ref}`, { secret }, [kind]);
    await tell('GET', `${api}/events?token=${ref}`, { secret });
    await tell('GET', `/join?secret=${ref}`, {});
    const header = Buffer.from(text).toString('latin1');
    for (const headers of [
      { authorization: `Bearer ${header} ` },
      { authorization: `Basic ${header}` },
      { cookie: `sct=${header}; other=${header}` },
      { 'x-api-key': header },
    ])
      await tell('GET', `${api}/me`, { headers });
  }
}

/** Our own failures: the tables that these requests need are not there. */
async function failInside(): Promise<void> {
  const { siege, tell, secretOf, ids } = seeded;
  const { db } = siege.deps;
  for (const table of [
    'session',
    'user',
    'api_token',
    'invitation',
    'enrollment',
    'dns_credential',
    'notification_channel',
    'audit_entry',
    'event',
  ]) {
    const away = `${table}_away`;
    await sql`ALTER TABLE ${sql.table(table)} RENAME TO ${sql.table(away)}`.execute(db);
    try {
      await failWithEachSecret();
      for (const kind of ['session after a new password', 'API token'])
        await tell('GET', `${api}/me`, { secret: secretOf(kind) });
      for (const id of [ids.webhook, ids.email])
        await tell('POST', `${api}/notification-channels/${id}/test`, { secret: secretOf('administrator token') });
    } finally {
      await sql`ALTER TABLE ${sql.table(away)} RENAME TO ${sql.table(table)}`.execute(db);
    }
  }
}

/** People are told, and receivers refuse in their own words. */
async function deliver(): Promise<void> {
  const { siege, tell, ids, secretOf, receivers, mail } = seeded;
  const secret = secretOf('administrator token');
  const { db, clock, random, secrets, outbound, runbooks } = siege.deps;
  const stop = new AbortController();
  const log = siege.house.app.log;
  const onEvent = (wake: () => void) => siege.house.database.listen('event', wake);
  const carrying = carryDeliveries({ db, clock, random, secrets, outbound, runbooks, log, onEvent }, stop.signal);
  const sentence = 'What happened to seeded.';
  await db
    .transaction()
    .execute((trx) => writeEvent(trx, { kind: 'dns.blocked', severity: 'critical', poolId: ids.pool, sentence }));
  await expect
    .poll(() => [...receivers.map(({ received }) => received.length > 0), mail.mails.length > 0], { timeout: 20_000 })
    .toEqual([true, true, true]);
  for (const receiver of receivers) receiver.reply = () => ({ status: 500 });
  for (const id of [ids.webhook, ids.slack, ids.email]) {
    await tell('POST', `${api}/notification-channels/${id}/test`, { secret });
    await tell('GET', `${api}/notification-channels/${id}/deliveries`, { secret });
  }
  await tell('POST', `${api}/notification-channels/${ids.slack}/signing-secret`, { secret });
  await tell('POST', `${api}/pools/${ids.pool}/bindings/${ids.binding}/test`, { secret });
  stop.abort();
  await carrying;
}

test('no secret is in any table, log line, delivery, audit entry, event or reply but the one that shows it', async () => {
  await deliver();
  await failWithEachSecret();
  await misplaceEachSecret();
  await failInside();
  await readEverything();
  const places = await everywhere();
  const found = search(seeded.canaries, places);
  const { length: kinds } = seeded.canaries;
  process.stdout.write(`canary: ${kinds} kinds × ${places.length} places, ${found.length} found\n`);
  expect(found).toEqual([]);
  expect(new Set(seeded.canaries.map(({ text }) => text)).size).toBe(kinds);
  expect(kinds).toBeGreaterThan(20);
  const statuses = new Set(seeded.replies.map(({ name }) => name.slice(0, 3)));
  for (const status of ['200', '401', '403', '404', '422', '500']) expect(statuses).toContain(status);
}, 240_000);

test('each secret was told where it is shown on purpose: what was looked for is what was seeded', () => {
  const shown = seeded.replies
    .filter(({ shows = [] }) => shows.length > 0)
    .map(({ name, content }) => ({ name, content }));
  const found = new Set(search(seeded.canaries, shown).map(({ kind }) => kind));
  const chosen = [
    'password',
    'password before',
    'SMTP password',
    'webhook address',
    'slack address',
    'TSIG secret',
    'agent key',
    'master key',
  ];
  const made = seeded.canaries
    .map(({ kind }) => kind)
    .filter((kind) => !chosen.includes(kind) && !/^(administrator|key of|recovery code w)/.test(kind));
  for (const kind of made) expect(found, kind).toContain(kind);
});

test('the search can fail: each form of each secret is found wherever it is planted', async () => {
  const { canaries, siege } = seeded;
  for (const canary of canaries) {
    for (const [form, needle] of formsOf(canary)) {
      const planted = {
        name: 'here',
        content: Buffer.concat([Buffer.from('before '), needle, Buffer.from(' behind')]),
      };
      expect(search([canary], [planted]), `${canary.kind} ${form}`).toContainEqual({
        kind: canary.kind,
        form,
        place: 'here',
      });
    }
    const inside = Buffer.from(`{"a":"${canary.text}"}`).toString('base64');
    expect(search([canary], [{ name: 'packed', content: Buffer.from(inside) }]), canary.kind).not.toEqual([]);
  }
  const password = Buffer.from(seeded.secretOf('password'));
  const { db } = siege.deps;
  await sql`INSERT INTO audit_entry (actor, action, target, details) VALUES ('system', 'x', 'x', ${JSON.stringify({ note: password.toString('hex') })}::jsonb)`.execute(
    db,
  );
  await sql`UPDATE "user" SET totp_secret = ${Buffer.concat([Buffer.of(1), password])}`.execute(db);
  siege.house.app.log.trace({ note: password.toString() }, 'planted');
  const places = new Set(search(seeded.canaries, await everywhere()).map(({ place }) => place));
  expect(places).toEqual(new Set(['audit_entry.details', 'user.totp_secret', 'user.totp_secret as bytes', 'the log']));
});
