import { createSocket, type Socket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createFakeClock } from '../../../../testkit/src/fake-clock.ts';
import { createHostLookup, type HostLookupOptions } from './host-lookup.ts';

const directory = mkdtempSync(join(tmpdir(), 'sct-hosts-'));
const hostsFile = join(directory, 'hosts');
const sockets: Socket[] = [];
const never = new AbortController().signal;
const noSystem: HostLookupOptions['system'] = async () => {
  throw new Error('the system was asked');
};
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});
afterEach(() => rmSync(hostsFile, { force: true }));

type Answer = 'address' | 'no such name' | 'nothing';

/** A name server on loopback; counts what it is asked. */
async function nameServer(answer: Answer): Promise<{ servers: string[]; asked: () => number }> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  let asked = 0;
  socket.on('message', (query, { port, address }) => {
    asked += 1;
    if (answer !== 'nothing') socket.send(reply(query, answer), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { servers: [`127.0.0.1:${socket.address().port}`], asked: () => asked };
}

/** RFC 1035: the question again; one A record of 192.0.2.7 for a question of type A, no record for another, or NXDOMAIN. */
function reply(query: Buffer, answer: Answer): Buffer {
  const end = query.indexOf(0, 12) + 5;
  const isA = answer === 'address' && query.readUInt16BE(end - 4) === 1;
  const head = Buffer.from(query.subarray(0, 12));
  head.writeUInt16BE(answer === 'address' ? 0x8180 : 0x8183, 2);
  head.writeUInt16BE(isA ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  const record = Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7]);
  return Buffer.concat([head, query.subarray(12, end), ...(isA ? [record] : [])]);
}

test('an address is itself, and asks nobody', async () => {
  const lookup = createHostLookup({ clock: createFakeClock(), hostsFile, servers: ['127.0.0.1:1'], system: noSystem });
  expect(await lookup('2001:db8::7', never)).toEqual([{ address: '2001:db8::7', family: 6 }]);
});

test('a name in the hosts file is what stands there, before any name server', async () => {
  const { servers, asked } = await nameServer('address');
  writeFileSync(
    hostsFile,
    '# 192.0.2.1 mail.example.net\n198.51.100.2\tother Mail.example.net # ours\n::1 mail.example.net\n',
  );
  const lookup = createHostLookup({ clock: createFakeClock(), hostsFile, servers, system: noSystem });
  expect(await lookup('mail.EXAMPLE.net', never)).toEqual([
    { address: '198.51.100.2', family: 4 },
    { address: '::1', family: 6 },
  ]);
  expect(asked()).toBe(0);
});

test('any other name is asked of the name servers, on no thread of the system’s look-up', async () => {
  const { servers } = await nameServer('address');
  const lookup = createHostLookup({ clock: createFakeClock(), hostsFile, servers, system: noSystem });
  expect(await lookup('hooks.example.net', never)).toEqual([{ address: '192.0.2.7', family: 4 }]);
});

test('name servers that are silent hold nobody: the signal ends the question, and the system is not asked too', async () => {
  const { servers, asked } = await nameServer('nothing');
  const lookup = createHostLookup({ clock: createFakeClock(), hostsFile, servers, system: noSystem });
  const leaving = new AbortController();
  const waiting = lookup('silent.example.net', leaving.signal);
  while (asked() === 0) await new Promise((resolve) => setImmediate(resolve));
  leaving.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'ECANCELLED' });
});

test('what the name servers do not know the system is asked for, one at a time, and not again within 30 s', async () => {
  const { servers } = await nameServer('no such name');
  const clock = createFakeClock();
  const asked: string[] = [];
  const first = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const system: HostLookupOptions['system'] = async (host) => {
    asked.push(host);
    begun.resolve();
    if (host === 'gone') await first.promise;
    if (host === 'gone') throw new Error('no such host');
    return [{ address: '198.51.100.9', family: 4 }];
  };
  const lookup = createHostLookup({ clock, hostsFile, servers, system });
  const gone = lookup('gone', never).catch(String);
  await begun.promise;
  const [mail, left] = [lookup('mail', never), lookup('left', AbortSignal.abort()).catch(() => 'left')];
  expect([await left, asked]).toEqual(['left', ['gone']]);
  first.resolve();
  expect([await gone, await mail]).toEqual(['Error: no such host', [{ address: '198.51.100.9', family: 4 }]]);
  await expect(lookup('gone', never)).rejects.toThrow('not found a moment ago');
  await clock.advance(30_000);
  await lookup('gone', never).catch(() => undefined);
  expect(asked).toEqual(['gone', 'mail', 'gone']);
});
