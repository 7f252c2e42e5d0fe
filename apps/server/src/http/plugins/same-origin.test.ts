import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { answerErrors } from './errors.ts';
import { refuseOtherOrigins } from './same-origin.ts';

let app: FastifyInstance;
afterEach(() => app.close());

function open({ isSecure = true } = {}) {
  app = Fastify();
  answerErrors(app);
  const publicUrls = ['https://plane.example.com/', 'https://ops.example.com:7400'];
  refuseOtherOrigins(app, { publicUrls, isSecure, sessionIn: ({ headers }) => headers.cookie ?? null });
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const)
    app.route({ method, url: '/x', config: { permission: 'self' }, handler: async () => 'x' });
}
async function ask(headers: Record<string, string>, method = 'POST') {
  const reply = await app.inject({
    method: method as 'POST',
    url: '/x',
    headers: { host: '10.0.0.5:7400', ...headers },
  });
  return reply.statusCode === 200 ? 'passes' : reply.json().error.code;
}
const cookie = 'scs_x';

const cases: readonly [what: string, headers: Record<string, string>, comesTo: string][] = [
  ['our own page', { cookie, 'sec-fetch-site': 'same-origin' }, 'passes'],
  ['typed by a person', { cookie, 'sec-fetch-site': 'none' }, 'passes'],
  ['another site', { cookie, 'sec-fetch-site': 'cross-site' }, 'origin_refused'],
  ['a neighbour below the same domain', { cookie, 'sec-fetch-site': 'same-site' }, 'origin_refused'],
  [
    'another site that sends a fitting Origin',
    { cookie, 'sec-fetch-site': 'cross-site', origin: 'https://plane.example.com' },
    'origin_refused',
  ],
  ['an older browser at a public URL', { cookie, origin: 'https://plane.example.com' }, 'passes'],
  ['an older browser at another public URL', { cookie, origin: 'https://ops.example.com:7400' }, 'passes'],
  ['an older browser at the address itself', { cookie, origin: 'https://10.0.0.5:7400' }, 'passes'],
  ['the same name on another port', { cookie, origin: 'https://plane.example.com:8443' }, 'origin_refused'],
  ['the same name without TLS', { cookie, origin: 'http://10.0.0.5:7400' }, 'origin_refused'],
  ['another site in an older browser', { cookie, origin: 'https://evil.example' }, 'origin_refused'],
  ['a sandboxed frame', { cookie, origin: 'null' }, 'origin_refused'],
  ['nobody says where from, with a session', { cookie }, 'origin_refused'],
  ['another site that signs somebody in', { 'sec-fetch-site': 'cross-site' }, 'origin_refused'],
  ['no browser, no session', {}, 'passes'],
  [
    'a bearer token',
    { authorization: 'Bearer x', 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    'passes',
  ],
];

test.each(cases)('a change asked for by %s', async (_what, headers, comesTo) => {
  open();
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expect(await ask(headers, method), method).toBe(comesTo);
  expect(await ask(headers, 'GET')).toBe('passes');
});

test('without TLS the address’s own origin is one without', async () => {
  open({ isSecure: false });
  expect(await ask({ cookie, origin: 'http://10.0.0.5:7400' })).toBe('passes');
  expect(await ask({ cookie, origin: 'https://10.0.0.5:7400' })).toBe('origin_refused');
});
