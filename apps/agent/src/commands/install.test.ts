import { mkdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { agentPaths } from '@serverctl/contract/agent';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../identity.ts';
import { unitText } from '../install/unit.ts';
import { createBareHost } from '../testing/bare-host.ts';
import { settled } from '../testing/fake-clock.ts';

const order = ['daemon-reload', 'enable --quiet serverctl-agent.service', 'restart serverctl-agent.service'];

describe('install on a bare host', () => {
  it('enrols, puts file and unit in place, starts the service and waits until it is heard', async () => {
    const { install, paths, fake, said, plane } = await createBareHost();
    await install();
    expect(await readFile(paths.binary, 'utf8')).toBe('the agent, first');
    expect((await stat(paths.binary)).mode & 0o777).toBe(0o755);
    expect(await readFile(paths.unit, 'utf8')).toBe(unitText);
    expect((await stat(paths.unit)).mode & 0o777).toBe(0o644);
    expect(await readlink(paths.wants)).toBe(paths.unit);
    expect(fake.calls).toEqual(order);
    expect(plane.enrolments).toHaveLength(1);
    expect(said.at(-1)).toContain('Heard: the control plane hears this host as member m-1 of pool edge');
    expect(said.join()).not.toContain(plane.secret);
  });

  it.each([
    ['without root', { isRoot: false }, 'needs root'],
    ['on a processor that no agent is for', { architecture: 'riscv64' }, 'no agent for riscv64'],
    ['from a checkout', { executable: null }, 'run from its sources'],
  ])('%s is refused before anything is asked or changed', async (_where, installer, words) => {
    const { installWith, plane, files, asked, fake } = await createBareHost();
    const before = await files();
    await expect(installWith(['--url', plane.url], installer)).rejects.toMatchObject({
      code: 'not_installable',
      exitCode: 2,
      message: expect.stringContaining(words),
    });
    expect(asked.secret).toBe(0);
    expect(fake.calls).toEqual([]);
    expect(await files()).toEqual(before);
  });

  it('is refused where systemd does not run', async () => {
    const { install, paths, asked } = await createBareHost();
    await rm(paths.systemdRuns, { recursive: true });
    await expect(install()).rejects.toMatchObject({ message: expect.stringContaining('systemd does not run') });
    expect(asked.secret).toBe(0);
  });

  it('over plain http to another host is refused before the secret is asked for (R37)', async () => {
    const { installWith, asked, files } = await createBareHost();
    const before = await files();
    await expect(installWith(['--url', 'http://10.0.0.1:7400'])).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('plain http'),
    });
    expect(asked.secret).toBe(0);
    expect(await files()).toEqual(before);
  });

  it.each([
    ['is refused', { status: 401, code: 'enrolment_expired' } as const],
    ['gets no answer', 'drop' as const],
  ])('leaves nothing behind when the enrolment %s, not even the state directory', async (_what, answer) => {
    const { install, plane, files, fake } = await createBareHost();
    const before = await files();
    plane.once(agentPaths.enrol, answer);
    await expect(install()).rejects.toThrow();
    expect(await files()).toEqual(before);
    expect(fake.calls).toEqual([]);
  });

  it.each(['daemon-reload', 'enable'])(
    'that fails at %s says so, and the same line goes on without a second secret',
    async (command) => {
      const { install, plane, fake, asked, said, paths } = await createBareHost();
      fake.failing = command;
      await expect(install()).rejects.toMatchObject({
        code: 'step_failed',
        message: expect.stringMatching(/The host is enrolled, but .* failed: systemctl .*systemd said no/),
        remedy: expect.stringContaining('run the same line again'),
      });
      const key = (await readConfig(paths.stateDirectory))?.keyFile;
      await install();
      expect(asked.secret).toBe(1);
      expect(plane.enrolments).toHaveLength(1);
      expect((await readConfig(paths.stateDirectory))?.keyFile).toBe(key);
      expect(fake.calls.slice(-3)).toEqual(order);
      expect(said.join()).toContain('going on with this enrolment, no secret is needed');
    },
  );

  it('that cannot write its file says which, leaves none half written, and goes on later', async () => {
    const { install, paths, asked, files, fake } = await createBareHost();
    await mkdir(`${paths.binary}/in-the-way`, { recursive: true });
    await expect(install()).rejects.toMatchObject({
      code: 'step_failed',
      message: expect.stringContaining(`putting the agent at ${paths.binary}`),
    });
    expect((await files()).filter((name) => name.endsWith('.new'))).toEqual([]);
    expect(fake.calls).toEqual([]);
    await rm(paths.binary, { recursive: true });
    await install();
    expect(asked.secret).toBe(1);
  });

  it('whose service does not start says what is left to do', async () => {
    const { install, fake } = await createBareHost();
    fake.failing = 'restart';
    await expect(install()).rejects.toMatchObject({
      message: expect.stringContaining('starting the service failed'),
      remedy: expect.stringContaining('systemctl restart serverctl-agent.service'),
    });
  });

  it('whose agent is not heard within 15 s says where to look, and ends with 6', async () => {
    const { install, fake, clock } = await createBareHost();
    fake.onStart = async () => undefined;
    let isSettled = false;
    const outcome = install()
      .then(
        () => 'heard',
        (error: unknown) => error,
      )
      .finally(() => {
        isSettled = true;
      });
    while (!fake.calls.includes(order[2] ?? '')) await settled();
    for (let looks = 0; looks < 70; looks += 1) await clock.advance(200);
    expect(isSettled).toBe(false);
    while (!isSettled) await clock.advance(200);
    expect(await outcome).toMatchObject({
      code: 'not_heard',
      exitCode: 6,
      remedy: expect.stringContaining('journalctl -u serverctl-agent'),
    });
  });
});

describe('install on a host that has the agent', () => {
  it('stops before the secret is asked for, and says what there is to choose', async () => {
    const { install, asked, fake } = await createBareHost();
    await install();
    await expect(install()).rejects.toMatchObject({
      code: 'already_enrolled',
      exitCode: 4,
      message: expect.stringContaining('member m-1 of pool edge'),
      remedy: expect.stringMatching(/--replace.*--update-only/),
    });
    expect(asked.secret).toBe(1);
    expect(fake.calls).toEqual(order);
  });

  it('with --update-only puts the new file in place and starts it, with the enrolment that is there', async () => {
    const { install, installWith, paths, executable, fake, asked } = await createBareHost();
    await install();
    const before = await readFile(`${paths.stateDirectory}/agent.json`, 'utf8');
    await writeFile(executable, 'the agent, second');
    await installWith(['--update-only']);
    expect(await readFile(paths.binary, 'utf8')).toBe('the agent, second');
    expect(await readFile(`${paths.stateDirectory}/agent.json`, 'utf8')).toBe(before);
    expect(fake.calls).toEqual([...order, ...order]);
    expect(asked.secret).toBe(1);
  });

  it('with --update-only where nothing is enrolled is refused', async () => {
    const { installWith, fake } = await createBareHost();
    await expect(installWith(['--update-only'])).rejects.toMatchObject({ code: 'not_enrolled', exitCode: 3 });
    expect(fake.calls).toEqual([]);
  });

  it('with --replace enrols anew, and waits until the new identity is the one that is heard', async () => {
    const { install, paths, plane } = await createBareHost();
    await install();
    const before = await readConfig(paths.stateDirectory);
    await install('--replace');
    expect(plane.enrolments).toHaveLength(2);
    expect((await readConfig(paths.stateDirectory))?.keyFile).not.toBe(before?.keyFile);
  });

  it('keeps agent and enrolment whole when --replace is refused', async () => {
    const { install, files, plane, fake } = await createBareHost();
    await install();
    const before = await files();
    plane.once(agentPaths.enrol, { status: 401, code: 'enrolment_expired' });
    await expect(install('--replace')).rejects.toMatchObject({ code: 'enrolment_expired' });
    expect(await files()).toEqual(before);
    expect(fake.calls).toEqual(order);
  });
});
