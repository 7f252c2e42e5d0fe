import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BuiltEdge, buildEdge, goodKey, memberInput } from './testing/built-edge.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';

let directory: string;
let house: OperatorHouse;
let edge: BuiltEdge;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-bad-input-'));
  house = await openOperatorHouse(directory);
  edge = await buildEdge(house);
  house.zone.put('www.example.com', 'A', ['203.0.113.9'], 86_400);
  house.zone.put('alias.example.com', 'CNAME', ['lb.example.com']);
});
afterAll(async () => {
  await house.close();
  await rm(directory, { recursive: true });
});

const good = memberInput(7);
const key = (change: object) => ({
  name: 'another',
  settings: { ...goodKey, ...change },
  test: { zone: 'example.com', name: 'x.example.com' },
});
const binding = (change: object) => ({
  name: 'x.example.com',
  zone: 'example.com',
  credentialId: edge.credential,
  ...change,
});

type Case = readonly [
  what: string,
  method: string,
  path: (edge: BuiltEdge) => string,
  body: unknown,
  code: string,
  details?: object,
];
const pools = () => '/api/v1/pools';
const pool = (rest: string) => (built: BuiltEdge) => `/api/v1/pools/${built.pool}${rest}`;
const credentials = () => '/api/v1/dns-credentials';
const channels = () => '/api/v1/notification-channels';

const cases: readonly Case[] = [
  ['a failover delay below 10 s', 'POST', pools, { name: 'p', failoverDelaySeconds: 9 }, 'failover_delay_out_of_range'],
  ['a failover delay above 120 s', 'PATCH', pool(''), { failoverDelaySeconds: 121 }, 'failover_delay_out_of_range'],
  ['an HAProxy grace above 30 s', 'PATCH', pool(''), { haproxyGraceSeconds: 31 }, 'haproxy_grace_out_of_range'],
  [
    'a failback after more than a day of health',
    'PATCH',
    pool(''),
    { failback: { afterMinutes: 1_441 } },
    'failback_invalid',
    { because: 'a whole number from 1 to 1440' },
  ],
  ['a priority of nothing', 'POST', pool('/members'), { ...memberInput(7), priority: 0 }, 'priority_out_of_range'],
  ['a pool name too long', 'POST', pools, { name: 'p'.repeat(65) }, 'request_invalid'],
  ['a pool name that exists', 'POST', pools, { name: 'EDGE' }, 'pool_name_taken', { name: 'edge' }],
  ['a pool renamed to one that exists', 'PATCH', pool(''), { name: 'other' }, 'pool_name_taken', { name: 'other' }],
  ['a pool without a name', 'POST', pools, {}, 'request_invalid', { fields: [expect.stringContaining('body.name')] }],
  ['a body that is no JSON object', 'POST', pools, [1], 'request_invalid'],
  [
    'a failback window that is no time',
    'PATCH',
    pool(''),
    { failback: { policy: 'automatic', afterMinutes: 5, window: { from: '25:00', to: '1' } } },
    'request_invalid',
  ],
  ['a hostname that is no FQDN', 'POST', pool('/members'), { ...good, hostname: 'lb7' }, 'hostname_invalid'],
  [
    'an egress entry that is no address',
    'POST',
    pool('/members'),
    { ...good, allowedEgress: ['office'] },
    'egress_invalid',
    { value: 'office' },
  ],
  [
    'a CIDR with a wrong length',
    'POST',
    pool('/members'),
    { ...good, allowedEgress: ['198.51.100.0/33'] },
    'egress_invalid',
  ],
  ['no egress entry', 'POST', pool('/members'), { ...good, allowedEgress: [] }, 'request_invalid'],
  [
    'a public address that is multicast',
    'POST',
    pool('/members'),
    { ...good, publicIpv4: '224.0.0.1' },
    'public_address_invalid',
  ],
  [
    'a public address that is no IPv4',
    'POST',
    pool('/members'),
    { ...good, publicIpv4: '2001:db8::1' },
    'public_address_invalid',
  ],
  ['a unit that is a path', 'POST', pool('/members'), { ...good, units: ['../x.service'] }, 'unit_invalid'],
  [
    'a host that is a member already',
    'POST',
    pool('/members'),
    { ...good, hostname: 'LB1.example.com.' },
    'member_hostname_taken',
    { member: 'lb1.example.com', pool: 'edge' },
  ],
  [
    'a host that is in another pool',
    'POST',
    () => '/api/v1/pools/other/members',
    { ...good, hostname: 'lb1.example.com' },
    'member_hostname_taken',
    { pool: 'edge' },
  ],
  [
    'an address that another member has',
    'POST',
    pool('/members'),
    { ...good, publicIpv4: '198.51.100.11' },
    'member_address_taken',
    { member: 'lb1.example.com' },
  ],
  [
    'a member re-addressed to another’s address',
    'PATCH',
    (built) => `/api/v1/pools/edge/members/${built.lb2}`,
    { publicIpv4: '198.51.100.11' },
    'member_address_taken',
    { member: 'lb1.example.com' },
  ],
  [
    'a member renamed to another’s hostname',
    'PATCH',
    (built) => `/api/v1/pools/edge/members/${built.lb2}`,
    { hostname: 'lb1.example.com' },
    'member_hostname_taken',
  ],
  [
    'the active member removed',
    'DELETE',
    (built) => `/api/v1/pools/edge/members/${built.lb1}`,
    undefined,
    'member_is_active',
  ],
  ['a member that does not exist', 'GET', pool('/members/nobody'), undefined, 'member_not_found'],
  ['a pool that does not exist', 'GET', () => '/api/v1/pools/nothing', undefined, 'pool_not_found'],
  ['a TSIG secret that is no base64', 'POST', credentials, key({ secret: '***' }), 'tsig_secret_invalid'],
  [
    'a TSIG algorithm that nobody should use',
    'POST',
    credentials,
    key({ algorithm: 'hmac-md5' }),
    'tsig_algorithm_unsupported',
  ],
  ['a wrong TSIG secret', 'POST', credentials, key({ keyName: 'wrong-secret' }), 'dns_tsig_wrong_secret'],
  [
    'a TSIG key that the server does not know',
    'POST',
    credentials,
    key({ keyName: 'unknown-key' }),
    'dns_tsig_unknown_key',
  ],
  ['a skewed clock', 'POST', credentials, key({ keyName: 'skewed-clock' }), 'dns_tsig_clock_skew'],
  [
    'a zone that the key may not edit',
    'POST',
    credentials,
    key({ keyName: 'may-not-edit' }),
    'dns_not_allowed',
    { name: 'x.example.com' },
  ],
  [
    'a zone that the server does not serve',
    'POST',
    credentials,
    { ...key({}), test: { zone: 'example.org', name: 'x.example.org' } },
    'dns_zone_not_served',
  ],
  [
    'a name server on a private address',
    'POST',
    credentials,
    key({ host: 'inside.example.net' }),
    'outbound_forbidden',
    { address: '10.1.2.3', target: 'inside.example.net:53' },
  ],
  ['a name server that does not resolve', 'POST', credentials, key({ host: 'nowhere.invalid' }), 'outbound_unresolved'],
  [
    'a credential name that exists',
    'POST',
    credentials,
    { ...key({}), name: 'Bind' },
    'credential_name_taken',
    { name: 'bind' },
  ],
  [
    'a new server without the secret',
    'PATCH',
    () => '/api/v1/dns-credentials/bind',
    { settings: { host: 'ns9.example.com' } },
    'credential_secret_required',
  ],
  [
    'a new port without the secret',
    'PATCH',
    () => '/api/v1/dns-credentials/bind',
    { settings: { port: 5353 } },
    'credential_secret_required',
  ],
  [
    'a changed key that the server refuses',
    'PATCH',
    () => '/api/v1/dns-credentials/bind',
    { settings: { keyName: 'wrong-secret' }, test: { zone: 'example.com', name: 'x.example.com' } },
    'dns_tsig_wrong_secret',
  ],
  [
    'a credential in use removed',
    'DELETE',
    () => '/api/v1/dns-credentials/bind',
    undefined,
    'credential_in_use',
    { names: ['lb.example.com'] },
  ],
  [
    'a name that is managed in another pool',
    'POST',
    () => '/api/v1/pools/other/bindings',
    () => binding({ name: 'LB.example.com' }),
    'binding_name_taken',
    { pool: 'edge' },
  ],
  [
    'a name that is managed here already',
    'POST',
    pool('/bindings'),
    () => binding({ name: 'lb.example.com' }),
    'binding_exists',
    { pool: 'edge' },
  ],
  [
    'a name outside its zone',
    'POST',
    pool('/bindings'),
    () => binding({ name: 'lb.example.org' }),
    'dns_name_outside_zone',
  ],
  ['a name that is none', 'POST', pool('/bindings'), () => binding({ name: 'not a name' }), 'dns_name_invalid'],
  ['a TTL of nothing', 'POST', pool('/bindings'), () => binding({ ttlSeconds: 0 }), 'ttl_out_of_range'],
  [
    'a credential that does not exist',
    'POST',
    pool('/bindings'),
    () => binding({ credentialId: 'nothing' }),
    'credential_not_found',
  ],
  [
    'a record that is not ours, with an active member',
    'POST',
    pool('/bindings'),
    () => binding({ name: 'www.example.com' }),
    'record_not_ours',
    { addresses: ['203.0.113.9'] },
  ],
  [
    'a name at which a CNAME stands',
    'POST',
    pool('/bindings'),
    () => binding({ name: 'alias.example.com' }),
    'dns_cname_in_the_way',
  ],
  [
    'a first publish confirmed twice',
    'POST',
    pool('/first-publish'),
    () => ({ memberId: edge.lb2 }),
    'pool_already_active',
  ],
  ['a first publish without a name', 'GET', () => '/api/v1/pools/other/first-publish', undefined, 'binding_missing'],
  [
    'a switchover to who is active',
    'POST',
    pool('/promotions'),
    () => ({ to: edge.lb1, reason: 'test' }),
    'target_is_active',
  ],
  [
    'a switchover to who is not ready',
    'POST',
    pool('/promotions'),
    () => ({ to: edge.lb2, reason: 'test' }),
    'target_not_ready',
    { member: 'lb2.example.com' },
  ],
  [
    'a switchover to the next when nobody is',
    'POST',
    pool('/promotions'),
    { to: 'next', reason: 'test' },
    'no_ready_standby',
  ],
  ['a switchover without a reason', 'POST', pool('/promotions'), { to: 'next' }, 'request_invalid'],
  [
    'a switchover in a pool that never published',
    'POST',
    () => '/api/v1/pools/other/promotions',
    { to: 'next', reason: 'test' },
    'pool_not_active',
  ],
  ['a zone with a space in it', 'POST', pool('/members'), { ...good, zone: 'rack 7' }, 'zone_invalid'],
  [
    'a maintenance of nothing',
    'PUT',
    pool('/maintenance'),
    { minutes: 0, reason: 'test' },
    'maintenance_invalid',
    { least: 1, most: 10_080 },
  ],
  [
    'a maintenance of more than a week',
    'PUT',
    (built) => `/api/v1/pools/edge/members/${built.lb2}/maintenance`,
    { minutes: 10_081, reason: 'test' },
    'maintenance_invalid',
  ],
  [
    'a maintenance of half a minute',
    'PUT',
    pool('/maintenance'),
    { minutes: 0.5, reason: 'test' },
    'maintenance_invalid',
  ],
  ['a maintenance without a reason', 'PUT', pool('/maintenance'), { minutes: 5 }, 'request_invalid'],
  [
    'a maintenance of the active member without a word on its records',
    'PUT',
    (built) => `/api/v1/pools/edge/members/${built.lb1}/maintenance`,
    { minutes: 5, reason: 'test' },
    'maintenance_on_active',
  ],
  ['the end of no maintenance', 'DELETE', pool('/maintenance'), undefined, 'not_in_maintenance'],
  [
    'the end of no maintenance of a member',
    'DELETE',
    (built) => `/api/v1/pools/edge/members/${built.lb2}/maintenance`,
    undefined,
    'not_in_maintenance',
  ],
  ['a pause without a reason', 'POST', pool('/pause'), {}, 'request_invalid'],
  ['the end of no pause', 'POST', pool('/resume'), { reason: 'test' }, 'pool_not_paused'],
  [
    'a pause ended by a choice that is none',
    'POST',
    pool('/resume'),
    { reason: 'test', record: 'both' },
    'request_invalid',
  ],
  [
    'records adopted in a pool without any',
    'POST',
    () => '/api/v1/pools/other/adopt',
    { reason: 'x' },
    'pool_not_active',
  ],
  ['a record adopted that is only to be written', 'POST', pool('/adopt'), { reason: 'test' }, 'record_being_written'],
  [
    'a quarantine cleared that is none',
    'POST',
    (built) => `/api/v1/pools/edge/members/${built.lb2}/clear-quarantine`,
    { reason: 'test' },
    'member_not_quarantined',
  ],
  [
    'an address allowed for a member that was not refused',
    'POST',
    (built) => `/api/v1/pools/edge/members/${built.lb2}/allow`,
    {},
    'member_not_refused',
  ],
  ['brakes released without a reason', 'POST', () => '/api/v1/brakes/release', {}, 'request_invalid'],
  ['brakes restored that hold', 'POST', () => '/api/v1/brakes/restore', { reason: 'test' }, 'brakes_not_released'],
  [
    'a moment that is none',
    'GET',
    pool('/why?at=yesterday'),
    undefined,
    'request_invalid',
    { fields: [expect.stringContaining('query.at: must be an instant in UTC')] },
  ],
  ['a pool asked about that nobody has judged', 'GET', pool('/why'), undefined, 'decision_not_found'],
  ['an acknowledgement without a reason', 'POST', pool('/ack'), { reason: ' ' }, 'request_invalid'],
  [
    'a webhook on a private address',
    'POST',
    channels,
    { kind: 'webhook', url: 'https://inside.example.net/x' },
    'outbound_forbidden',
  ],
  ['a webhook that is no web address', 'POST', channels, { kind: 'webhook', url: 'ftp://example.net/' }, 'url_invalid'],
  [
    'a webhook with a password in it',
    'POST',
    channels,
    { kind: 'webhook', url: 'https://a:b@example.net/' },
    'url_invalid',
  ],
  [
    'an event cursor that is no number',
    'GET',
    () => '/api/v1/events?after=x',
    undefined,
    'request_invalid',
    { fields: [expect.stringContaining('query.after')] },
  ],
];

for (const [what, method, path, body, code, details = {}] of cases) {
  test(`${what} is refused in words and leaves nothing behind`, async () => {
    const before = await house.stored();
    const sent = typeof body === 'function' ? body() : body;
    const reply = await house.ask(method, path(edge), sent);
    expect(reply.body).toMatchObject({
      error: { code, message: expect.any(String), remedy: expect.any(String), requestId: expect.any(String), details },
    });
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(await house.stored()).toBe(before);
  });
}

test('a body that is no JSON, a wrong content type and a body too large are refused in words', async () => {
  const send = (payload: string, type = 'application/json') =>
    house.app.inject({
      method: 'POST',
      url: '/api/v1/pools',
      payload,
      headers: { authorization: `Bearer ${house.token}`, 'content-type': type },
    });
  expect((await send('{')).json().error).toMatchObject({
    code: 'request_invalid',
    details: { fields: ['body: is not valid JSON'] },
  });
  expect((await send('x', 'text/plain')).json().error).toMatchObject({ code: 'request_invalid' });
  const large = await send(JSON.stringify({ name: 'x'.repeat(300 * 1024) }));
  expect(large.json().error).toMatchObject({ code: 'request_too_large', details: { limitBytes: 262_144 } });
});

test('what nobody expected is never shown raw: a request id instead, and the cause in the log', async () => {
  const real = house.deps.providers.forCredential;
  Object.assign(house.deps.providers, { forCredential: () => Promise.reject(new Error('canary-internal-detail')) });
  try {
    const reply = await house.ask('POST', `/api/v1/pools/edge/bindings/${edge.binding}/test`);
    expect(reply.status).toBe(500);
    expect(reply.body).toMatchObject({ error: { code: 'internal', details: {} } });
    expect(JSON.stringify(reply.body)).not.toContain('canary');
    expect(house.logged()).toContain('canary-internal-detail');
    const { error } = reply.body as { error: { requestId: string } };
    expect(house.logged()).toContain(error.requestId);
  } finally {
    Object.assign(house.deps.providers, { forCredential: real });
  }
});

test('what is at no address says so', async () => {
  expect(await house.ask('GET', '/api/v1/nothing')).toMatchObject({
    status: 404,
    body: { error: { code: 'route_not_found' } },
  });
});
