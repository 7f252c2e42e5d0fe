import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { openConnection } from './connection.ts';
import { type DbusMessage, encodeMessage, messageKinds } from './message.ts';

/** The real thing: a dbus-daemon of our own on a socket of our own (Debian package: dbus). */
const busDaemon = '/usr/bin/dbus-daemon';
const busSend = '/usr/bin/dbus-send';
const isInstalled = existsSync(busDaemon) && existsSync(busSend);
const reason = 'skipped: dbus-daemon is not installed (Debian package "dbus", apps/agent/debian-packages.txt)';
if (!isInstalled && process.env['CI'] === 'true') throw new Error(reason);

const bus = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus' };
let directory = '';
let daemon: ChildProcess | null = null;
const address = () => join(directory, 'bus');

beforeAll(async () => {
  if (!isInstalled) return;
  directory = await mkdtemp(join(tmpdir(), 'sct-bus-'));
  const configuration = join(directory, 'bus.conf');
  await writeFile(
    configuration,
    `<busconfig><type>session</type><listen>unix:path=${address()}</listen><auth>EXTERNAL</auth>
     <policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`,
  );
  daemon = spawn(busDaemon, [`--config-file=${configuration}`, '--nofork', '--print-address'], { stdio: 'pipe' });
  await once(daemon.stdout as NodeJS.ReadableStream, 'data');
});

afterAll(async () => {
  daemon?.kill();
  if (directory !== '') await rm(directory, { recursive: true });
});

async function client(onSignal: (signal: DbusMessage) => void = () => undefined) {
  const closed = Promise.withResolvers<string>();
  const connection = await openConnection(address(), systemClock, { onSignal, onClosed: closed.resolve });
  onTestFinished(() => connection.close('the test ended'));
  return { connection, closed: closed.promise };
}

describe.skipIf(!isInstalled)(isInstalled ? 'a connection to a real bus' : reason, () => {
  it('is greeted, and its calls are answered', async () => {
    const { connection } = await client();
    const [id] = await connection.call({ ...bus, member: 'GetId' });
    expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('hears a signal that another client sends, once it asked for it', async () => {
    const heard = Promise.withResolvers<DbusMessage>();
    const { connection } = await client(({ member, ...rest }) => {
      if (member === 'Moved') heard.resolve({ member, ...rest });
    });
    const rule = "type='signal',interface='org.example.Edge',member='Moved',path='/edge'";
    await connection.call({ ...bus, member: 'AddMatch', signature: 's', body: [rule] });
    spawnSync(busSend, [`--bus=unix:path=${address()}`, '/edge', 'org.example.Edge.Moved', 'string:m2', 'uint32:7']);
    expect(await heard.promise).toMatchObject({ path: '/edge', signature: 'su', body: ['m2', 7] });
  });

  it('gets an error of the bus by its name', async () => {
    const { connection } = await client();
    await expect(
      connection.call({ ...bus, member: 'GetNameOwner', signature: 's', body: ['org.example.Nobody'] }),
    ).rejects.toMatchObject({ dbusName: 'org.freedesktop.DBus.Error.NameHasNoOwner' });
  });

  it('many calls at once get each its own answer', async () => {
    const { connection } = await client();
    const asked = ['org.freedesktop.DBus', 'org.example.A', 'org.freedesktop.DBus', 'org.example.B'];
    const answers = await Promise.all(
      asked.map((name) => connection.call({ ...bus, member: 'NameHasOwner', signature: 's', body: [name] })),
    );
    expect(answers).toEqual([[true], [false], [true], [false]]);
  });

  it('that the bus ends fails the calls that wait and says so once', async () => {
    const { connection, closed } = await client();
    connection.close('for the test');
    expect(await closed).toBe('for the test');
    await expect(connection.call({ ...bus, member: 'GetId' })).rejects.toMatchObject({ dbusName: 'closed' });
  });
});

describe('a connection to what is not a bus', () => {
  async function impostor(answer: (chunk: Buffer, socket: Socket) => Buffer | string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'sct-impostor-'));
    const server = createServer((socket) => {
      socket.on('data', (chunk) => socket.write(answer(chunk, socket)));
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(join(folder, 's'), resolve));
    onTestFinished(async () => {
      server.close();
      await rm(folder, { recursive: true });
    });
    return join(folder, 's');
  }
  const open = (path: string) =>
    openConnection(path, systemClock, { onSignal: () => undefined, onClosed: () => undefined });

  it('fails where there is no socket', async () => {
    await expect(open('/nowhere/at/all')).rejects.toMatchObject({ dbusName: 'closed' });
  });

  it('fails when we are not accepted', async () => {
    await expect(open(await impostor(() => 'REJECTED EXTERNAL\r\n'))).rejects.toMatchObject({ dbusName: 'refused' });
  });

  it('fails when the greeting has no end', async () => {
    await expect(open(await impostor(() => 'x'.repeat(20_000)))).rejects.toMatchObject({ dbusName: 'refused' });
  });

  it('fails, and does not fall, when bytes come that are not D-Bus', async () => {
    const path = await impostor((chunk) => (chunk.includes('AUTH') ? 'OK 0\r\n' : Buffer.alloc(64, 0x41)));
    await expect(open(path)).rejects.toMatchObject({ dbusName: 'closed' });
  });

  it('takes what comes in one piece with the greeting, and what comes byte by byte', async () => {
    const hello = encodeMessage({
      kind: messageKinds.reply,
      serial: 1,
      replySerial: 1,
      signature: 's',
      body: [':1.0'],
    });
    const signal = encodeMessage({
      kind: messageKinds.signal,
      serial: 2,
      path: '/',
      interface: 'a.b',
      member: 'Early',
    });
    const path = await impostor((chunk, socket) => {
      if (chunk.includes('AUTH')) return Buffer.concat([Buffer.from('OK 0\r\n'), signal]);
      for (const byte of hello) socket.write(Buffer.from([byte]));
      return '';
    });
    const heard: string[] = [];
    const connection = await openConnection(path, systemClock, {
      onSignal: ({ member }) => void heard.push(member),
      onClosed: () => undefined,
    });
    connection.close('done');
    expect(heard).toEqual(['Early']);
  });
});
