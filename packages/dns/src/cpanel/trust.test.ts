import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { soon } from '../contract/subject.ts';
import { createNodeHttp, makeAuthority } from '../testing/index.ts';
import { createClient } from './client.ts';
import { token, zoneName } from './testing.ts';
import { type CpanelTrust, createTrustedAgent } from './trust.ts';

const authority = makeAuthority('Panel CA');
const stranger = makeAuthority('Panel CA');
const forLoopback = { names: [], ips: ['127.0.0.1'] };

/** A panel on loopback that shows this certificate, and what it heard. */
async function serving({ cert, key }: { readonly cert: string; readonly key: string }) {
  const heard: (string | undefined)[] = [];
  const asked: unknown[] = [];
  const server = createServer({ cert, key }, (incoming, response) => {
    heard.push(incoming.headers.authorization);
    response.end('{"status":0,"errors":["heard"]}');
  });
  server.on('secureConnection', (socket) => asked.push(socket.servername));
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { heard, asked, port };
}

/** How the panel's zone is read, over a connection that is held against that. `dns_zone_not_served` = it was heard. */
async function read(port: number, trust: CpanelTrust, options: Parameters<typeof createTrustedAgent>[1] = {}) {
  const agent = createTrustedAgent(trust, { keepAlive: true, ...options });
  onTestFinished(() => agent.destroy());
  const http = createNodeHttp(`https://127.0.0.1:${port}`, agent);
  const client = createClient({ http, panel: 'cpanel', user: 'owner', token });
  const once = () => client.readZone(zoneName, soon()).catch((error) => ({ code: error.code, details: error.details }));
  return [await once(), await once()];
}

const isHeard = { code: 'dns_zone_not_served' };
const byPin = { because: 'not-the-pinned-certificate' };

describe('a panel', () => {
  const own = authority.issue(forLoopback);
  const over = authority.issue({ ...forLoopback, until: '2021-01-01T00:00:00' });
  const named = authority.issue({ names: ['panel.example.test'] });
  const other = authority.issue(forLoopback);
  it.each<[string, typeof own, CpanelTrust]>([
    ['by its authority', own, { ca: authority.ca }],
    ['by one of several authorities', own, { ca: `${makeAuthority('Another CA').ca}\n${authority.ca}` }],
    ['by another name, for which its certificate is', named, { ca: authority.ca, serverName: 'panel.example.test' }],
    ['by its certificate alone', own, { pin: own.sha256 }],
    ['by its certificate, spelt otherwise', own, { pin: own.sha256.replaceAll(':', '').toLowerCase() }],
    ['by its certificate, for another name and over', over, { pin: over.sha256, serverName: 'a.example.test' }],
  ])('is believed %s', async (_, shown, trust) => {
    const { port, heard } = await serving(shown);
    expect(await read(port, trust)).toMatchObject([isHeard, isHeard]);
    expect(heard).toEqual([`cpanel owner:${token}`, `cpanel owner:${token}`]);
  });

  it.each<[string, typeof own, CpanelTrust, object]>([
    ['by nothing', own, {}, { because: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }],
    ['by an authority of the same name', own, { ca: stranger.ca }, {}],
    ['once it is over', over, { ca: authority.ca }, { because: 'CERT_HAS_EXPIRED' }],
    ['for another host', named, { ca: authority.ca }, { because: 'ERR_TLS_CERT_ALTNAME_INVALID' }],
    ['for another name', named, { ca: authority.ca, serverName: 'other.example.test' }, {}],
    ['by another pin', own, { pin: other.sha256 }, { ...byPin, sha256: own.sha256.replaceAll(':', '') }],
    ['by another pin, whoever signed it', own, { pin: other.sha256, ca: authority.ca }, byPin],
  ])('is not believed, and hears nothing of a token, %s', async (_, shown, trust, details) => {
    const { port, heard } = await serving(shown);
    const failure = { code: 'dns_panel_untrusted', details };
    expect(await read(port, trust)).toMatchObject([failure, failure]);
    expect(heard).toEqual([]);
  });

  it('is asked for under the other name', async () => {
    const { port, asked } = await serving(named);
    await read(port, { ca: authority.ca, serverName: 'panel.example.test' });
    expect(asked).toEqual(['panel.example.test']); // one connection for both
  });

  it('that takes a connection and says nothing keeps none of the agent’s', async () => {
    const ended: Promise<unknown>[] = [];
    const silent = createTcpServer((socket) => {
      ended.push(new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve)));
      socket.resume();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as AddressInfo;
    const failure = { code: 'dns_unreachable' };
    const held = await read(port, { pin: own.sha256 }, { silentMs: 20, maxSockets: 1 });
    expect(held).toMatchObject([failure, failure]);
    await Promise.all(ended);
    expect(ended).toHaveLength(2);
    await new Promise((resolve) => silent.close(resolve));
  });

  it('that is not there is no panel that proves nothing', async () => {
    const { port } = await serving(own);
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const free = (closed.address() as AddressInfo).port;
    await new Promise((resolve) => closed.close(resolve));
    expect(free).not.toBe(port);
    expect(await read(free, { pin: own.sha256 })).toMatchObject([{ code: 'dns_unreachable' }, {}]);
  });
});

describe('what a panel is held against', () => {
  it.each<[keyof CpanelTrust, string]>([
    ['ca', ''],
    ['ca', 'panel.pem'],
    ['ca', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    ['pin', ''],
    ['pin', 'A'.repeat(40)],
    ['pin', 'G'.repeat(64)],
    ['serverName', ''],
    ['serverName', '192.0.2.1'],
    ['serverName', 'https://panel.example.test'],
  ])('is refused where the %s is %j', (field, text) => {
    const failure = { code: 'dns_panel_trust_invalid', details: expect.objectContaining({ field }) };
    expect(() => createTrustedAgent({ [field]: text })).toThrow(expect.objectContaining(failure));
  });
});
