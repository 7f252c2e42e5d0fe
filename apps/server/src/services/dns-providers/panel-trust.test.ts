import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { DnsName, InstanceId, RecordRef } from '@serverctl/core';
import { makeCertificate, type OwnCertificate } from '@serverctl/testkit/cpanel';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock as clock } from '../../platform/clock.ts';
import { systemRandom as random } from '../../platform/random.ts';
import { createOutbound } from '../outbound.ts';
import { panelKind } from './panel.ts';
import type { PanelSettings } from './panel-settings.ts';

/* ADR 0027, on real TLS servers: what a server hears that shows another certificate than the pinned one, byte by byte. */

const zone = 'example.com' as DnsName;
const ref: RecordRef = { zone, name: `lb.${zone}` as DnsName, type: 'A' };
const [own, other] = [makeCertificate(), makeCertificate()];
const over = makeCertificate({ from: '2020-01-01T00:00:00', until: '2021-01-01T00:00:00' });
const pinOf = ({ sha256 }: OwnCertificate) => sha256.replaceAll(':', '');
const said = '{"status":0,"errors":["heard"]}';
const reply = `HTTP/1.1 200 OK\r\nContent-Length: ${said.length}\r\n\r\n${said}`;

/** Shows this certificate, answers whatever comes, and keeps all that it heard inside of TLS. */
async function serving({ cert, key }: OwnCertificate, port = 0) {
  const heard: Buffer[] = [];
  const sockets = new Set<TLSSocket>();
  const server: Server = createServer({ cert, key }, (socket) => {
    sockets.add(socket);
    socket
      .on('error', () => undefined)
      .on('data', (chunk) => {
        heard.push(chunk);
        socket.write(reply);
      });
  });
  server.on('tlsClientError', () => undefined);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  onTestFinished(stop);
  const text = () => Buffer.concat(heard).toString('latin1');
  return { port: (server.address() as AddressInfo).port, text, connections: () => sockets.size, stop };
}

const panelAt = (port: number, changes: Partial<PanelSettings> = {}) => {
  const outbound = createOutbound({ clock, allowPrivate: [{ host: '127.0.0.1', port }] });
  const settings = { provider: 'cpanel', host: '127.0.0.1', port, user: 'owner', ...none, ...changes } as PanelSettings;
  return panelKind({ clock, random, outbound, instance: 'cp0000000001' as InstanceId }).open(settings, 'canary');
};
const none = { serverName: null, ca: null, pin: null };
const read = (panel: ReturnType<typeof panelAt>) =>
  panel.read(ref, new AbortController().signal).catch((error) => ({ code: error.code, details: error.details }));
const isHeard = { code: 'dns_zone_not_served', details: { said: 'heard' } };

test.each([
  ['its own', own],
  ['one that is over', over],
])('the pinned certificate is believed, %s, and the connection is kept for the next request', async (_what, shown) => {
  const served = await serving(shown);
  const panel = panelAt(served.port, { pin: pinOf(shown) });
  expect(await read(panel)).toMatchObject(isHeard);
  expect(await read(panel)).toMatchObject(isHeard);
  expect(served.text().match(/authorization: cpanel owner:canary/gi)).toHaveLength(2);
  expect(served.connections()).toBe(1);
});

test.each<[string, OwnCertificate, Partial<PanelSettings>, string]>([
  ['not the pinned one', other, { pin: pinOf(own) }, 'not-the-pinned-certificate'],
  ['signed by itself, with nothing given', own, {}, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['for another name, though of the given CA', own, { ca: own.cert }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['over, though of the given CA', over, { ca: over.cert, serverName: 'server.panel.test' }, 'CERT_HAS_EXPIRED'],
  ['of another CA', other, { ca: own.cert, serverName: 'server.panel.test' }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
])(
  'a server whose certificate is %s hears not one byte, and which it showed is told',
  async (_what, shown, trust, why) => {
    const served = await serving(shown);
    const panel = panelAt(served.port, trust);
    const failure = { code: 'dns_panel_untrusted', details: { because: why, sha256: pinOf(shown) } };
    expect(await Promise.all([read(panel), read(panel)])).toMatchObject([failure, failure]);
    expect(await read(panel)).toMatchObject(failure);
    expect(served.text()).toBe('');
  },
);

test('kept connections prove nothing for later ones: who takes the panel’s place hears nothing', async () => {
  const first = await serving(own);
  const panel = panelAt(first.port, { pin: pinOf(own) });
  expect(await read(panel)).toMatchObject(isHeard);
  await first.stop();
  const stranger = await serving(other, first.port);
  // The first may still meet the connection that has just ended; none of them meets the stranger.
  await read(panel);
  expect(await read(panel)).toMatchObject({ code: 'dns_panel_untrusted', details: { sha256: pinOf(other) } });
  expect(stranger.text()).toBe('');
});
