import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { isAppError } from '@serverctl/core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { createFakeClock } from '../../../../testkit/src/fake-clock.ts';
import { systemClock } from '../platform/clock.ts';
import { systemRandom as random } from '../platform/random.ts';
import { issueCa, issueServer, newKey } from '../tls/certificate.ts';
import { createOutbound, type OutboundOptions, outboundTimeoutMs } from './outbound.ts';
import { type ApiRequest, apiReplyLimitBytes, OutboundSilence } from './outbound-api.ts';

/* R40 and R19 for an API that is asked again and again; servers are real and on loopback, look-ups are said by the test. */

const host = 'api.example.net';
const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function listening<Listening extends Server>(server: Listening): Promise<number> {
  servers.push(server);
  server.on('connection', (socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

interface Served {
  readonly port: number;
  readonly seen: { readonly method: string; readonly url: string; readonly body: string; readonly host: string }[];
  connections(): number;
}

async function serve(answer: RequestListener): Promise<Served> {
  const seen: Served['seen'] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    void textOf(request).then((body) => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, body, host: headers.host ?? '' });
      answer(request, response);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  return { port: await listening(server), seen, connections: () => connections };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

const inside = async () => [{ address: '127.0.0.1', family: 4 }];
const outboundTo = (port: number, options: Partial<OutboundOptions> = {}) =>
  createOutbound({ clock: systemClock, allowPrivate: [{ host, port }], lookup: inside, ...options });
const get = (changes: Partial<ApiRequest> = {}): ApiRequest => ({
  ...{ method: 'GET', path: '/zones?name=a', headers: {}, body: null, signal: new AbortController().signal },
  replyLimitBytes: Number.POSITIVE_INFINITY,
  ...changes,
});
/** How a request ended without a reply: an error's code, or whether anything was sent. */
const ended = (asked: Promise<unknown>) =>
  asked.then(
    () => 'answered',
    (error: unknown) => {
      if (isAppError(error)) return error.code;
      if (error instanceof OutboundSilence) return `${error.because}, ${error.sent ? 'sent' : 'not sent'}`;
      return error;
    },
  );

test.each(['GET', 'POST', 'PATCH', 'DELETE'] as const)(
  '%s goes below the base, with its headers and body',
  async (method) => {
    const { port, seen } = await serve((request, response) => {
      response.writeHead(207, { 'Retry-After': '7', 'x-said': `${request.headers['x-asked']}` }).end('{"a":1}');
    });
    const api = outboundTo(port).openApi(`http://${host}:${port}/client/v4/`);
    const body = method === 'GET' ? null : '{"naïve":"–"}';
    const reply = await api.request(get({ method, path: '/zones/1?x=y', headers: { 'x-asked': 'yes' }, body }));
    expect(reply).toMatchObject({ status: 207, text: '{"a":1}', isCut: false });
    expect(reply.headers).toMatchObject({ 'retry-after': '7', 'x-said': 'yes' });
    expect(seen).toEqual([{ method, url: '/client/v4/zones/1?x=y', body: body ?? '', host: `${host}:${port}` }]);
  },
);

test('a reply is read up to what was asked for, 8 MiB at most, and it is told that it was longer', async () => {
  let length = apiReplyLimitBytes;
  const { port } = await serve((_request, response) => response.end('x'.repeat(length)));
  const api = outboundTo(port).openApi(`http://${host}:${port}`);
  const whole = await api.request(get());
  expect([whole.text.length, whole.isCut]).toEqual([apiReplyLimitBytes, false]);
  length += 1;
  const cut = await api.request(get());
  expect([cut.text.length, cut.isCut]).toEqual([apiReplyLimitBytes, true]);
  const less = await api.request(get({ replyLimitBytes: 100 }));
  expect([less.text.length, less.isCut]).toEqual([100, true]);
});

test('a redirect is told and not followed; a failure is told and not tried again', async () => {
  let status = 307;
  const { port, seen } = await serve((_request, response) => {
    response.writeHead(status, { location: 'http://169.254.169.254/latest' }).end();
  });
  const api = outboundTo(port).openApi(`http://${host}:${port}`);
  expect(await api.request(get())).toMatchObject({ status: 307 });
  status = 503;
  expect(await api.request(get())).toMatchObject({ status: 503 });
  expect(seen).toHaveLength(2);
});

test('requests one after the other share a connection, and a look-up', async () => {
  let lookedUp = 0;
  const { port, connections } = await serve((_request, response) => response.end('{}'));
  const lookup = async () => {
    lookedUp += 1;
    return [{ address: '127.0.0.1', family: 4 }];
  };
  const api = outboundTo(port, { lookup }).openApi(`http://${host}:${port}`);
  for (const path of ['/1', '/2', '/3']) await api.request(get({ path }));
  expect([connections(), lookedUp]).toEqual([1, 1]);
});

test('each new connection is checked: a name that leads elsewhere by then is refused, with nothing sent (R40)', async () => {
  let address = '127.0.0.1';
  const { port, seen } = await serve((_request, response) => {
    response.writeHead(200, { connection: 'close' }).end('{}');
  });
  const allowPrivate = [{ host: '127.0.0.1', port }];
  const lookup = async () => [{ address, family: 4 }];
  const api = outboundTo(port, { lookup, allowPrivate }).openApi(`http://${host}:${port}`);
  await api.request(get());
  address = '10.0.0.8';
  expect(await ended(api.request(get({ method: 'POST', body: '{}' })))).toBe('outbound_forbidden');
  expect(seen).toHaveLength(1);
});

test.each([
  ['by name', 'inside.example.net'],
  ['by address', '127.0.0.1'],
  ['in IPv6', '[::1]'],
  ['as one number', '2130706433'],
])('a private target %s that nobody allowed is refused, without a connection', async (_how, target) => {
  const { port, connections } = await serve((_request, response) => response.end('{}'));
  const api = createOutbound({
    clock: systemClock,
    allowPrivate: [{ host, port }],
    lookup: async (asked) => [
      { address: asked.includes(':') ? asked : '127.0.0.1', family: asked.includes(':') ? 6 : 4 },
    ],
  }).openApi(`http://${target}:${port}`);
  expect(await ended(api.request(get()))).toBe('outbound_forbidden');
  expect(await ended(api.check())).toBe('outbound_forbidden');
  expect(connections()).toBe(0);
});

test('a secret is never sent in clear to a public address', async () => {
  const lookup = async () => [{ address: '203.0.113.7', family: 4 }];
  const outbound = createOutbound({ clock: systemClock, allowPrivate: [], lookup });
  const api = outbound.openApi(`http://${host}`);
  expect(await ended(api.check())).toBe('url_invalid');
  expect(await ended(api.request(get()))).toBe('url_invalid');
  expect(await ended(outbound.openApi(`https://${host}`).check())).toBe('answered');
});

test.each([
  'ftp://example.net',
  'https://a:b@example.net/',
  'nothing',
  'https://example.net/v4?x=y',
  'https://example.net/#x',
])('%s is no base of an API', (base) => {
  const outbound = createOutbound({ clock: systemClock, allowPrivate: [] });
  expect(() => outbound.openApi(base)).toThrow(expect.objectContaining({ code: 'url_invalid' }));
});

test('where nobody listens nothing was sent', async () => {
  const port = await listening(createTcpServer());
  servers.splice(0).forEach((server) => void server.close());
  const api = outboundTo(port).openApi(`http://${host}:${port}`);
  expect(await ended(api.request(get({ method: 'PATCH', body: '{}' })))).toBe('refused, not sent');
});

test('what does not resolve was not sent, and says so', async () => {
  const lookup = () => Promise.reject(new Error('ENOTFOUND'));
  const api = outboundTo(1, { lookup }).openApi(`http://${host}:1`);
  expect(await ended(api.request(get({ method: 'PATCH', body: '{}' })))).toBe('outbound_unresolved');
});

test('a connection that closes without a reply leaves open whether it arrived, a kept one as well (R19)', async () => {
  let asked = 0;
  const { port } = await serve((request, response) => {
    asked += 1;
    if (asked === 2) response.end('{}');
    else request.socket.destroy();
  });
  const api = outboundTo(port).openApi(`http://${host}:${port}`);
  const write = () => ended(api.request(get({ method: 'PATCH', body: '{}' })));
  expect(await write()).toBe('closed, sent');
  expect(await write()).toBe('answered');
  expect(await write()).toBe('closed, sent');
  expect(asked).toBe(3); // nothing is repeated
});

test('a reply that breaks off was sent', async () => {
  const { port } = await serve((request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{', () => request.socket.destroy());
  });
  const api = outboundTo(port).openApi(`http://${host}:${port}`);
  expect(await ended(api.request(get({ method: 'POST', body: '{}' })))).toBe('closed, sent');
});

test('who gives up while it is under way leaves open whether it arrived, who gives up before does not', async () => {
  const came = Promise.withResolvers<void>();
  const { port } = await serve(() => came.resolve());
  const leaving = new AbortController();
  const api = outboundTo(port).openApi(`http://${host}:${port}`);
  const asked = ended(api.request(get({ method: 'PATCH', body: '{}', signal: leaving.signal })));
  await came.promise;
  leaving.abort();
  expect(await asked).toBe('aborted, sent');
  expect(await ended(api.request(get({ signal: leaving.signal })))).toBe('aborted, not sent');
});

test('after a silence the connections that were kept are not used: the way there may be gone for all of them', async () => {
  const both = Promise.withResolvers<void>();
  const came = Promise.withResolvers<void>();
  const { port, seen, connections } = await serve((request, response) => {
    if (request.url === '/silent') return came.resolve();
    if (seen.length === 2) both.resolve();
    void both.promise.then(() => response.end('{}'));
  });
  const api = outboundTo(port).openApi(`http://${host}:${port}`);
  await Promise.all([api.request(get()), api.request(get())]);
  const leaving = new AbortController();
  const silent = ended(api.request(get({ path: '/silent', signal: leaving.signal })));
  await came.promise;
  expect(connections()).toBe(2);
  leaving.abort();
  expect(await silent).toBe('aborted, sent');
  await api.request(get());
  expect(connections()).toBe(3);
});

test('after 5 s without a reply it is given up; a look-up has the same 5 s', async () => {
  const clock = createFakeClock();
  const came = Promise.withResolvers<void>();
  const { port } = await serve(() => came.resolve());
  const asked = outboundTo(port, { clock }).openApi(`http://${host}:${port}`).request(get());
  const words = asked.catch((error: Error) => error.message);
  const silent = ended(asked).then(async (how) => `${how}: ${await words}`);
  await came.promise;
  await clock.advance(outboundTimeoutMs);
  expect(await silent).toBe(`late, sent: ${host}:${port} did not answer within 5 s`);
  const lookup = () => new Promise<never>(() => {});
  const unresolved = ended(outboundTo(1, { clock, lookup }).openApi(`http://${host}:1`).request(get()));
  await clock.advance(outboundTimeoutMs);
  expect(await unresolved).toBe('outbound_unresolved');
  expect(clock.pendingTimers).toBe(0);
});

const issuing = { random, now: new Date() };
const ca = { key: newKey() };
const authority = issueCa(ca.key, issuing);
beforeAll(() => setDefaultCACertificates([...getCACertificates('default'), authority.toString()]));

/** Over TLS, with a certificate for `name`. */
async function serveTls(name: string, issuer = { key: ca.key, certificate: authority }) {
  const key = newKey();
  const cert = issueServer(key, issuer, [name], issuing).toString();
  let requests = 0;
  let handshakes = 0;
  const server = createTlsServer(
    { key: String(key.export({ type: 'pkcs8', format: 'pem' })), cert },
    (_request, response) => {
      requests += 1;
      response.end('{}');
    },
  );
  server.on('secureConnection', () => {
    handshakes += 1;
  });
  const port = await listening(server);
  return { port, requests: () => requests, handshakes: () => handshakes };
}

test('over TLS a write needs no handshake after its read', async () => {
  const { port, requests, handshakes } = await serveTls(host);
  const api = outboundTo(port).openApi(`https://${host}:${port}`);
  await api.request(get());
  await api.request(get({ method: 'PATCH', body: '{}' }));
  expect([requests(), handshakes()]).toEqual([2, 1]);
});

test('a server that does not prove itself is sent nothing: another name, another authority, no TLS at all', async () => {
  const other = newKey();
  const stranger = { key: other, certificate: issueCa(other, issuing) };
  const [misnamed, unknown] = [await serveTls('other.example.net'), await serveTls(host, stranger)];
  const plain = await serve((_request, response) => response.end('{}'));
  for (const { port } of [misnamed, unknown, plain]) {
    const api = outboundTo(port).openApi(`https://${host}:${port}`);
    expect(await ended(api.request(get({ method: 'PATCH', body: '{}' })))).toBe('refused, not sent');
  }
  expect([misnamed.requests(), unknown.requests(), plain.seen.length]).toEqual([0, 0, 0]);
});
