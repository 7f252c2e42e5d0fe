import { mkdtemp, rename, rm } from 'node:fs/promises';
import { connect, createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { recordedLog } from '../testing/recorded-log.ts';
import { haproxyAnswers, sayOutOfReach } from './answers.ts';

/** Workers' sockets `admin` and `stats`, the master's `master`; the host does not let us use those in `locked`. */
async function sockets(...listening: string[]) {
  const directory = await mkdtemp(join(tmpdir(), 'sct-sockets-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  for (const name of listening) {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(directory, name), resolve));
    onTestFinished(() => void server.close());
  }
  const path = (name: string) => join(directory, name);
  const locked = new Map<string, string>();
  function connectTo(to: string): Socket {
    const code = locked.get(to);
    if (code === undefined) return connect(to);
    return new Socket().destroy(Object.assign(new Error(`connect ${code} ${to}`), { code }));
  }
  /** As HAProxy leaves it behind: nobody listens on it any more. */
  async function leaveDead(name: string) {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path('alive'), resolve));
    await rename(path('alive'), path(name));
    await new Promise((resolve) => server.close(resolve));
  }
  const log = recordedLog();
  const onOutOfReach = sayOutOfReach(log);
  const groups = [[path('admin'), path('stats')], [path('master')]];
  const ask = () => haproxyAnswers({ clock: systemClock, onOutOfReach, groups, connectTo });
  return { ask, leaveDead, log, lock: (name: string, code = 'EACCES') => void locked.set(path(name), code) };
}

describe('HAProxy while it stops', () => {
  it('answers when its socket takes a connection', async () => {
    expect(await (await sockets('admin')).ask()).toBe(true);
  });

  it('is not known to answer or not when there is no socket', async () => {
    expect(await (await sockets()).ask()).toBeNull();
  });

  it('does not answer when the worker’s socket is dead, although the master’s is not', async () => {
    const { leaveDead, ask } = await sockets('master');
    await leaveDead('admin');
    expect(await ask()).toBe(false);
  });

  it('answers by its master where that is all there is', async () => {
    expect(await (await sockets('master')).ask()).toBe(true);
  });
});

describe('a socket that the host does not let us use', () => {
  it.each(['EACCES', 'EPERM'])('is no word of HAProxy: after %s nothing is known', async (code) => {
    const { lock, ask } = await sockets('admin');
    lock('admin', code);
    expect(await ask()).toBeNull();
  });

  it('leaves the word to the others of its group', async () => {
    const { lock, leaveDead, ask } = await sockets('admin', 'stats');
    lock('admin');
    expect(await ask()).toBe(true);
    await leaveDead('stats');
    expect(await ask()).toBe(false);
  });

  it('leaves the word to the master when no worker’s is open to us', async () => {
    const { lock, ask } = await sockets('admin', 'stats', 'master');
    lock('admin');
    lock('stats');
    expect(await ask()).toBe(true);
    lock('master');
    expect(await ask()).toBeNull();
  });

  it('is told once, with what to do', async () => {
    const { lock, ask, log } = await sockets('admin');
    lock('admin');
    await ask();
    await ask();
    expect(log.lines).toEqual([expect.stringMatching(/^warn .*"user root".*\/admin"/)]);
  });
});
