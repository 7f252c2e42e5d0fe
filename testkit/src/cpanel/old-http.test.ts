import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { makeCertificate } from '@serverctl/dns/testing';
import { expect, it, onTestFinished } from 'vitest';
import { createEmulatedAdapter, us } from './adapter.ts';
import { markOf, nothing, ref, soon, two } from './adapter-scene.ts';
import { uapiReply } from './replies.ts';
import { EmulatedZone } from './zone.ts';

const zone = new EmulatedZone(ref.zone, 7);
const parsed = uapiReply({ data: zone.view(), errors: null }, null).text;
const edited = uapiReply({ data: { new_serial: '8' }, errors: null }, null).text;

/** Speaks HTTP/1.0 without a length: a reply ends with its connection. `cut` = how many characters of it are lost. */
async function serving(cut: { readonly parse?: number; readonly edit?: number }) {
  const { cert, key, sha256 } = makeCertificate();
  const server = createServer({ cert, key }, (socket) => {
    let heard = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      const [, length = '0'] = /content-length: (\d+)/i.exec(heard) ?? [];
      if (heard.length < heard.indexOf('\r\n\r\n') + 4 + Number(length) || !heard.includes('\r\n\r\n')) return;
      const isParse = heard.startsWith('GET');
      const text = isParse
        ? parsed.slice(0, parsed.length - (cut.parse ?? 0))
        : edited.slice(0, edited.length - (cut.edit ?? 0));
      socket.end(`HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n${text}`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const adapter = createEmulatedAdapter({ bases: { cpanel: base, whm: base } }, 'cpanel', { pin: sha256 });
  onTestFinished(async () => {
    adapter.stop();
    server.close();
    await once(server, 'close');
  });
  return adapter.open({ instance: us, token: 'good' });
}

const request = { ref, expected: nothing, next: { address: two, ttlSeconds: 60 }, mark: markOf(1) };

it('of version 1.0, whose replies end with the connection, is read and written over', async () => {
  const provider = await serving({});
  expect(await provider.read(ref, soon())).toEqual(nothing);
  expect(await provider.replace(request, soon())).toMatchObject({ outcome: 'written' });
});

it('of version 1.0 that ends too early is no whole reply: a read fails, a write is an open question', async () => {
  await expect((await serving({ parse: 2 })).read(ref, soon())).rejects.toMatchObject({ code: 'dns_reply_malformed' });
  const replacing = (await serving({ edit: 2 })).replace(request, soon());
  await expect(replacing).rejects.toMatchObject({ code: 'dns_outcome_unknown' });
});
