import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { soon } from '../contract/subject.ts';
import { makeAuthority, makeCertificate } from '../testing/certificate.ts';
import { lookAtCertificate } from './certificate.ts';

/** A server that shows this certificate, the names that it was asked for, and what it was told. */
async function serving(shown: { readonly cert: string; readonly key: string }) {
  const askedFor: unknown[] = [];
  const heard: Buffer[] = [];
  const ended: Promise<unknown>[] = [];
  const SNICallback = (name: string, done: (error: Error | null) => void) => {
    askedFor.push(name);
    done(null);
  };
  const server = createServer({ cert: shown.cert, key: shown.key, SNICallback }, (socket) => {
    socket.on('error', () => undefined).on('data', (chunk) => heard.push(chunk));
  });
  server.on('connection', (socket) => ended.push(new Promise((resolve) => socket.once('close', resolve))));
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  /** Once every connection is over. */
  const whole = async () => {
    await Promise.all(ended);
    return Buffer.concat(heard).toString();
  };
  return { askedFor, whole, port: (server.address() as AddressInfo).port };
}

const look = (port: number, name = 'panel.example.test', signal = soon()) =>
  lookAtCertificate({ address: '127.0.0.1', port, name }, signal);

test('what is shown is told with its fingerprint, names and times, and nothing is said to the server', async () => {
  const own = makeCertificate({ names: ['panel.example.test', 'b.example.test'], ips: ['192.0.2.1'] });
  const { port, askedFor, whole } = await serving(own);
  expect(await look(port)).toEqual({
    sha256: own.sha256.replaceAll(':', ''),
    ...{ subject: 'CN=panel.example.test', issuer: 'CN=panel.example.test' },
    names: ['panel.example.test', 'b.example.test', '192.0.2.1'],
    ...{ notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2120-01-01T00:00:00Z') },
    ...{ isSelfSigned: true, problem: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  });
  expect([askedFor, await whole()]).toEqual([['panel.example.test'], '']);
});

test('one that somebody else signed is not told as signed by itself; an address is not asked for by name', async () => {
  const { port, askedFor } = await serving(makeAuthority('Panel CA').issue());
  const shown = await look(port, '127.0.0.1');
  expect(shown).toMatchObject({ isSelfSigned: false, problem: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  expect(askedFor).toEqual([]);
});

test('what speaks no TLS, and what says nothing at all, is told as unreachable', async () => {
  const sockets: { destroy(): unknown }[] = [];
  let words: string | null = 'no TLS here';
  const server = createTcpServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined).on('data', () => words !== null && socket.end(words));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  await expect(look(port)).rejects.toMatchObject({ code: 'dns_unreachable', details: { because: 'no TLS handshake' } });
  words = null;
  const leaving = new AbortController();
  const silent = look(port, 'panel.example.test', leaving.signal);
  leaving.abort();
  await expect(silent).rejects.toMatchObject({ details: { because: 'no answer in time' } });
  await expect(look(port, 'x.example.test', leaving.signal)).rejects.toMatchObject({ code: 'dns_unreachable' });
});
