import { mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
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

  it('says of the active member that its silence moves the records', async () => {
    const { install, uninstall, asked, paths } = await createBareHost();
    await install();
    await uninstall(false, false);
    expect(asked.questions.at(-1)).not.toContain('active');
    await writeFile(join(paths.stateDirectory, 'last-known.json'), '{"units":[],"role":"active","epoch":1}');
    await uninstall(false, false);
    expect(asked.questions.at(-1)).toMatch(/is the active one.*records move to a standby/);
  });

  it('takes away what a killed install script left unpacked, and nothing else there', async () => {
    const { install, uninstall, files, put, said } = await createBareHost();
    await put('usr/local/bin/other', 'x');
    await install();
    await put('usr/local/bin/.serverctl-install.Ab12Cd/agent.gz', 'half');
    await uninstall();
    expect((await files()).filter((name) => name.startsWith('usr/local/bin/'))).toEqual(['usr/local/bin/other']);
    expect(said.join()).toContain('.serverctl-install.Ab12Cd');
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

describe('uninstall on a host where the operator put something beside the agent’s files', () => {
  it('keeps drop-ins of the service, and names their folder each time', async () => {
    const { install, uninstall, files, put, paths, said } = await createBareHost();
    await put('etc/systemd/system/serverctl-agent.service.d/override.conf', '[Service]\n');
    const before = await files();
    await install();
    await uninstall();
    expect(await files()).toEqual(before);
    expect(said.filter((line) => line.startsWith('Kept: '))).toEqual([expect.stringContaining(paths.dropIns)]);
    await uninstall();
    expect(said.at(-1)).toContain(paths.dropIns);
  });

  it('says of nothing that it is kept where nothing is', async () => {
    const { install, uninstall, said } = await createBareHost();
    await install();
    await uninstall();
    expect(said.join('\n')).not.toContain('Kept');
  });

  it('keeps what is not the agent’s in the state directory, and removes all that is, also what a power cut left', async () => {
    const { install, uninstall, put, paths, said } = await createBareHost();
    await install();
    const others = ['agent.json.bak', 'key-of-the-operator.pem', 'notes.txt', 'agent.json.new'];
    for (const name of others) await put(`var/lib/serverctl-agent/${name}`, 'mine');
    await mkdir(join(paths.stateDirectory, 'key-0123.pem'));
    await writeFile(join(paths.stateDirectory, 'last-known.json'), '{}');
    for (const name of ['agent.json.0a1b2c3d.new', 'key-01ab.pem.0a1b2c3d.new', 'ca-01ab.pem']) {
      await put(`var/lib/serverctl-agent/${name}`, 'left');
    }
    await uninstall();
    expect((await readdir(paths.stateDirectory)).sort()).toEqual([...others, 'key-0123.pem'].sort());
    expect(said.find((line) => line.startsWith('Removed: '))).toMatch(/serverctl-agent\/key-[0-9a-f]+\.pem/);
    expect(said).toContainEqual(expect.stringContaining(`Kept: ${paths.stateDirectory}, since`));
    await uninstall();
    expect(said.slice(-2)[0]).toBe('Nothing of the agent was on this host.');
  });

  /** The state directory is a link to a directory elsewhere, as for a state on another disk. */
  async function linked() {
    const host = await createBareHost();
    const elsewhere = join(host.root, 'data/agent');
    await mkdir(elsewhere, { recursive: true });
    await symlink(elsewhere, host.paths.stateDirectory);
    await host.install();
    expect((await readdir(elsewhere)).length).toBeGreaterThanOrEqual(2);
    return { ...host, elsewhere };
  }

  it('leaves no key behind a link, and the directory that it led to', async () => {
    const { uninstall, files, paths, elsewhere, said } = await linked();
    await uninstall();
    expect(await readdir(elsewhere)).toEqual([]);
    expect(await files()).not.toContain('var/lib/serverctl-agent');
    expect(said.find((line) => line.startsWith('Removed: '))).toContain(paths.stateDirectory);
    expect(said.join('\n')).not.toContain('Kept');
  });

  it('names the directory behind a link when something else is in it', async () => {
    const { uninstall, elsewhere, said } = await linked();
    await writeFile(join(elsewhere, 'notes.txt'), 'mine');
    await uninstall();
    expect(await readdir(elsewhere)).toEqual(['notes.txt']);
    expect(said).toContainEqual(expect.stringContaining(`Kept: ${elsewhere}, since`));
  });

  it('removes a link that leads nowhere', async () => {
    const { uninstall, files, elsewhere } = await linked();
    await rename(elsewhere, `${elsewhere}-away`);
    await uninstall();
    expect(await files()).not.toContain('var/lib/serverctl-agent');
    expect((await readdir(`${elsewhere}-away`)).length).toBeGreaterThanOrEqual(2);
  });

  it('deletes no directory that stands in the place of the program', async () => {
    const { uninstall, put, files } = await createBareHost();
    await put('usr/local/bin/serverctl-agent/notes.txt', 'mine');
    const before = await files();
    await expect(uninstall()).rejects.toMatchObject({ code: 'step_failed' });
    expect(await files()).toEqual(before);
  });
});
