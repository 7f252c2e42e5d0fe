import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBareHost } from '../testing/bare-host.ts';

describe('uninstall', () => {
  it('leaves the files that were there before, and no others', async () => {
    const { install, uninstall, files, put, paths, fake, said } = await createBareHost();
    await put('etc/haproxy/haproxy.cfg', 'global');
    const before = await files();
    await install();
    await writeFile(join(paths.stateDirectory, 'last-known.json'), '{}');
    await uninstall();
    expect(await files()).toEqual(before);
    expect(fake.isActive).toBe(false);
    const words = said.join('\n');
    for (const path of [paths.binary, paths.unit, paths.wants, paths.stateDirectory]) expect(words).toContain(path);
    expect(words).toContain('serverctl member remove edge m-1');
  });

  it('asks systemd for nothing about HAProxy (R43)', async () => {
    const { install, uninstall, fake } = await createBareHost();
    await install();
    await uninstall();
    expect(fake.calls.filter((call) => /haproxy/i.test(call))).toEqual([]);
  });

  it('on a host without the agent changes nothing and says so, also the second time', async () => {
    const { uninstall, files, said } = await createBareHost();
    const before = await files();
    await uninstall();
    await uninstall();
    expect(await files()).toEqual(before);
    expect(said).toEqual(Array(2).fill('Nothing of the agent was on this host.'));
  });

  it('asks first, and with a no removes nothing', async () => {
    const { install, uninstall, files, asked } = await createBareHost();
    await install();
    const before = await files();
    await uninstall(false, false);
    expect(await files()).toEqual(before);
    await uninstall(false, true);
    expect(await files()).not.toEqual(before);
    expect(asked.confirm).toBe(2);
  });

  it('needs root', async () => {
    const { install, uninstall, files } = await createBareHost();
    await install();
    const before = await files();
    await expect(uninstall(true, true, false)).rejects.toMatchObject({ exitCode: 2 });
    expect(await files()).toEqual(before);
  });

  it('does not remove the identity of an agent that cannot be stopped', async () => {
    const { install, uninstall, files, fake } = await createBareHost();
    await install();
    const before = await files();
    fake.failing = 'stop';
    await expect(uninstall()).rejects.toMatchObject({
      message: expect.stringContaining('stopping the service failed'),
    });
    expect(await files()).toEqual(before);
  });

  it.each(['disable', 'daemon-reload'])('that failed at %s goes on when it is run again', async (command) => {
    const { install, uninstall, files, fake } = await createBareHost();
    const before = await files();
    await install();
    fake.failing = command;
    await expect(uninstall()).rejects.toMatchObject({
      code: 'step_failed',
      remedy: expect.stringContaining('run the same command again'),
    });
    expect(await files()).toContain('usr/local/bin/serverctl-agent'); // the program to go on with
    await uninstall();
    expect(await files()).toEqual(before);
    expect(fake.isActive).toBe(false);
  });

  it('takes away what is left of an installation that was broken off', async () => {
    const { install, uninstall, files, paths } = await createBareHost();
    const before = await files();
    await install();
    await rm(paths.unit);
    await uninstall();
    expect(await files()).toEqual(before);
  });
});
